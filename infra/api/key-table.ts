import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { grantItems, TABLE } from '../items.ts';

export interface KeyTableProps {
  readonly removalPolicy: RemovalPolicy;
}

/** The HTTP API's keys, as hashes, with their limits and what was used of them. */
export class KeyTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: KeyTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      ...TABLE,
      partitionKey: { name: 'hash', type: AttributeType.STRING },
      removalPolicy,
    });
  }

  /** Lets a function look a key up and count its use, which is one update. */
  grantUse(handler: LambdaFunction): void {
    grantItems(this.table, handler, ['dynamodb:UpdateItem'], 'KEY_TABLE');
  }
}
