import type { CloudFormation } from '@aws-sdk/client-cloudformation';

/** @returns a line for each of a stack's resources that could not be made, changed or deleted, with the reason */
export async function stackFailures(client: CloudFormation, stackName: string): Promise<string> {
  const { StackEvents = [] } = await client.describeStackEvents({ StackName: stackName });
  return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
    .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`)
    .join('\n');
}
