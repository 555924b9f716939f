import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface PhotoTableProps {
  readonly removalPolicy: RemovalPolicy;
}

/** One item per photo. */
export class PhotoTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: PhotoTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'photo', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      // DynamoDB encrypts with a key that AWS owns: no charge for each use, unlike a key in the account.
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy,
    });
  }

  /** Lets a function begin, complete and remove items. */
  grantKeep(handler: LambdaFunction): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
  }

  /** Lets a function merge its part into items. */
  grantMerge(handler: LambdaFunction): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  private grant(handler: LambdaFunction, ...actions: string[]): void {
    this.table.grant(handler, ...actions);
    handler.addEnvironment('TABLE_NAME', this.table.tableName);
  }
}
