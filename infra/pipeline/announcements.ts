import { EventBus } from 'aws-cdk-lib/aws-events';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** The event bus on which every finished photo is announced, with its item, for whoever adds a rule to it. */
export class Announcements extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus');
  }

  /** Lets a function announce photos. */
  grantAnnounce(handler: LambdaFunction): void {
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['events:PutEvents'],
      resourceArns: [this.bus.eventBusArn],
    });
    handler.addEnvironment('EVENT_BUS_NAME', this.bus.eventBusName);
  }
}
