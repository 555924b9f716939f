import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

export interface KeyTableProps {
  readonly removalPolicy: RemovalPolicy;
}

/** The HTTP API's keys, as hashes, with their limits and what was used of them. */
export class KeyTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: KeyTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'hash', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.DEFAULT,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy,
    });
  }

  /** Lets a function look a key up and count its use, which is one update. */
  grantUse(handler: LambdaFunction): void {
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['dynamodb:UpdateItem'],
      resourceArns: [this.table.tableArn],
    });
    handler.addEnvironment('KEY_TABLE', this.table.tableName);
  }
}
