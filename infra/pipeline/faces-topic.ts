import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type CfnTopic, FilterOrPolicy, SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Stage } from './stage.ts';

/** Where detect announces the faces it found in a photo, and what is yet to be estimated of them. */
export class FacesTopic extends Construct {
  readonly topic: Topic;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    // By its name, as documented: AWS makes the key when it is first used. The CDK would write an ARN.
    const resource = this.topic.node.defaultChild as CfnTopic;
    resource.kmsMasterKeyId = 'alias/aws/sns';
  }

  /**
   * Delivers messages to a stage, as they were published; what SNS can't deliver goes to its dead letters.
   * @param part only those that say that this is outstanding; all when left out
   */
  deliverTo({ queue, deadLetters }: Stage, part?: string): void {
    const outstanding = part && FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ allowlist: [part] }));
    this.topic.addSubscription(
      new SqsSubscription(queue, {
        rawMessageDelivery: true,
        deadLetterQueue: deadLetters,
        ...(outstanding && { filterPolicyWithMessageBody: { outstanding } }),
      }),
    );
  }

  /** Lets a function publish. The key is AWS's own for this account's topics and asks for no grant. */
  grantPublish(handler: LambdaFunction): void {
    Grant.addToPrincipal({ grantee: handler, actions: ['sns:Publish'], resourceArns: [this.topic.topicArn] });
    handler.addEnvironment('TOPIC_ARN', this.topic.topicArn);
  }
}
