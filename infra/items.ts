import { BillingMode, type Table, TableEncryption, type TableProps } from 'aws-cdk-lib/aws-dynamodb';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Worker } from './objects.ts';

/** What all tables have in common. */
export const TABLE = {
  billingMode: BillingMode.PAY_PER_REQUEST,
  // DynamoDB encrypts with a key that AWS owns: no charge for each use, unlike a key in the account.
  encryption: TableEncryption.DEFAULT,
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
} as const satisfies Partial<TableProps>;

/**
 * Lets a function act on a table's items, but not on its indexes, which the table's own `grant` adds.
 * @param variable gives a function the table's name
 */
export function grantItems(table: Table, handler: Worker, actions: string[], variable: string): void {
  Grant.addToPrincipal({ grantee: handler, actions, resourceArns: [table.tableArn] });
  if ('addEnvironment' in handler) handler.addEnvironment(variable, table.tableName);
}
