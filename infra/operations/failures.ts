import {
  type CloudFormation,
  paginateDescribeStackEvents,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';

/** @returns a line for each of a stack's resources that could not be made, changed or deleted, with the reason */
export async function stackFailures(client: CloudFormation, stackName: string): Promise<string> {
  const events: StackEvent[] = [];
  // A page has a hundred events, the latest first; undoing what was made leads to more.
  for await (const { StackEvents = [] } of paginateDescribeStackEvents(
    { client },
    { StackName: stackName },
  )) {
    events.push(...StackEvents);
  }
  return events
    .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
    .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
    .join('\n');
}
