import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { DUE_INDEX, FOLDER_INDEX, summarySchema } from '../../functions/shared/item.ts';
import { grantItems, TABLE } from '../items.ts';

export interface PhotoTableProps {
  readonly removalPolicy: RemovalPolicy;
}

/** One item per photo. */
export class PhotoTable extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { removalPolicy }: PhotoTableProps) {
    super(scope, id);
    this.table = new Table(this, 'Table', {
      ...TABLE,
      partitionKey: { name: 'photo', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiresAt',
      removalPolicy,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: FOLDER_INDEX,
      partitionKey: { name: 'folder', type: AttributeType.STRING },
      sortKey: { name: 'uploadedAt', type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: Object.keys(summarySchema.shape).filter(
        (name) => !['photo', 'uploadedAt'].includes(name),
      ),
    });
    // Only pending items have its keys: in and out again, each photo costs two writes.
    this.table.addGlobalSecondaryIndex({
      indexName: DUE_INDEX,
      partitionKey: { name: 'duePart', type: AttributeType.STRING },
      sortKey: { name: 'dueAt', type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /** Lets a function find pending items, begin them again and give them up. */
  grantSweep(handler: LambdaFunction): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.grantQuery(handler, DUE_INDEX);
  }

  /** Lets a function keep items for photos to come, list a folder's, label their faces and erase them. */
  grantManage(handler: LambdaFunction): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
    this.grantQuery(handler, FOLDER_INDEX);
  }

  /** Lets a function begin, complete and remove items. */
  grantKeep(handler: LambdaFunction): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
  }

  /** Lets a function merge its part into items. */
  grantMerge(handler: LambdaFunction): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:UpdateItem');
  }

  private grantQuery(handler: LambdaFunction, index: string): void {
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['dynamodb:Query'],
      resourceArns: [`${this.table.tableArn}/index/${index}`],
    });
  }

  private grant(handler: LambdaFunction, ...actions: string[]): void {
    grantItems(this.table, handler, actions, 'TABLE_NAME');
  }
}
