import type { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { FOLDER_INDEX, summarySchema } from '../../functions/shared/item.ts';
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
  }

  /** Lets a function keep items for photos to come, list a folder's, label their faces and erase them. */
  grantManage(handler: LambdaFunction): void {
    this.grant(handler, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem');
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['dynamodb:Query'],
      resourceArns: [`${this.table.tableArn}/index/${FOLDER_INDEX}`],
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
    grantItems(this.table, handler, actions, 'TABLE_NAME');
  }
}
