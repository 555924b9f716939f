import { CfnOutput, Duration, Validations } from 'aws-cdk-lib';
import {
  ApiDestination,
  Authorization,
  Connection,
  type IApiDestination,
  Rule,
} from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { EVENT_SOURCE, EVENT_TYPES } from '../../functions/shared/metrics.ts';
import type { Announcements } from './announcements.ts';

export interface WebhookProps {
  readonly announcements: Announcements;
  /** Where announcements are posted to, over TLS. */
  readonly url: string;
}

/** Header by which the receiver knows that an announcement comes from this stack. */
const KEY_HEADER = 'x-facedrop-key';

/**
 * Posts every announcement to an address outside AWS, again and again for a day while it does not answer, is busy
 * (429) or in trouble (5xx). What it refuses (any other 4xx) is not posted again.
 */
export class Webhook extends Construct {
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { announcements, url }: WebhookProps) {
    super(scope, id);
    const key = new Secret(this, 'Key', {
      description: `Sent to ${url} in the header ${KEY_HEADER}`,
      generateSecretString: { passwordLength: 43, excludePunctuation: true },
    });
    Validations.of(key).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The receiver has to learn every new key: whoever runs it decides when to rotate.',
    });
    new CfnOutput(this, 'webhookKey', { value: key.secretArn });

    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is a dead-letter queue itself, though of a rule and not of a queue.',
    });
    const destination = new ApiDestination(this, 'Destination', {
      endpoint: url,
      connection: new Connection(this, 'Connection', {
        authorization: Authorization.apiKey(KEY_HEADER, key.secretValue),
      }),
    });
    new Rule(this, 'Rule', {
      eventBus: announcements.bus,
      eventPattern: { source: [EVENT_SOURCE], detailType: Object.values(EVENT_TYPES) },
      targets: [
        // (Its types ignore optional properties' rules.)
        new ApiDestinationTarget(destination as IApiDestination, {
          maxEventAge: Duration.days(1),
          deadLetterQueue: this.deadLetters,
        }),
      ],
    });
  }
}
