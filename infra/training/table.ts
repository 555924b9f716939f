import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { TIME_INDEX } from '../../functions/training/shared/training.ts';
import { grantItems, TABLE } from '../items.ts';
import type { Worker } from '../objects.ts';

export interface TrainingTableProps {
  readonly removalPolicy: RemovalPolicy;
}

/** An item per training, and a lock per task that is being trained. */
export class TrainingTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: TrainingTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      ...TABLE,
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: TIME_INDEX,
      partitionKey: { name: 'kind', type: AttributeType.STRING },
      sortKey: { name: 'createdAt', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }

  /** Lets a function begin a training, note how it goes on and how it ends, and lock and free its task. */
  grantNote(handler: Worker): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
  }

  /** Lets a function do all that, and list trainings. */
  grantManage(handler: LambdaFunction): void {
    this.grantNote(handler);
    // The locks, and the trainings by their time.
    this.grant(handler, 'dynamodb:Query');
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['dynamodb:Query'],
      resourceArns: [`${this.table.tableArn}/index/${TIME_INDEX}`],
    });
  }

  private grant(handler: Worker, ...actions: string[]): void {
    grantItems(this.table, handler, actions, 'TRAINING_TABLE');
  }
}
