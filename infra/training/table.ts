import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Worker } from '../objects.ts';

export interface TrainingTableProps {
  readonly removalPolicy: RemovalPolicy;
}

/** An item per training, in the order in which they were started, and a lock per task that is being trained. */
export class TrainingTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: TrainingTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy,
    });
  }

  /** Lets a function begin a training, note how it goes on and how it ends, and lock and free its task. */
  grantNote(handler: Worker): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
  }

  /** Lets a function do all that, and list trainings. */
  grantManage(handler: LambdaFunction): void {
    this.grantNote(handler);
    this.grant(handler, 'dynamodb:Query');
  }

  private grant(handler: Worker, ...actions: string[]): void {
    Grant.addToPrincipal({ grantee: handler, actions, resourceArns: [this.table.tableArn] });
    if ('addEnvironment' in handler) handler.addEnvironment('TRAINING_TABLE', this.table.tableName);
  }
}
