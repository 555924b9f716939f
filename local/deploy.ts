import {
  CloudFormation,
  CloudFormationServiceException,
  type Stack,
  waitUntilStackCreateComplete,
  waitUntilStackDeleteComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import type { z } from 'zod';
import { stackFailures } from '../infra/operations/failures.ts';
import { publishAssets, publishTemplate } from './assets.ts';
import type { LocalAws } from './ministack.ts';
import { outputsSchema } from './stack.ts';

/** In seconds. */
const WAIT = { maxWaitTime: 120, minDelay: 0.05, maxDelay: 0.5 };

/**
 * Deploys a synthesised stack straight to a local AWS, without the CDK's command-line tool, its bootstrap
 * stack and its waiting: in a second or two, and at once when nothing has changed.
 * @returns the stack's outputs
 * @throws Error saying which resources failed, and why
 */
export async function deploy(
  artifact: CloudFormationStackArtifact,
  aws: LocalAws,
): Promise<z.infer<typeof outputsSchema>> {
  await publishAssets(artifact, aws);
  const client = new CloudFormation(aws);
  const name = { StackName: artifact.stackName };
  const request = {
    ...name,
    TemplateURL: await publishTemplate(artifact, aws),
    Capabilities: ['CAPABILITY_IAM' as const],
  };
  const settled = async (wait: Promise<unknown>) => {
    try {
      await wait;
    } catch (cause) {
      const reasons = await stackFailures(client, artifact.stackName);
      throw new Error(`The local stack could not be deployed:\n${reasons}`, { cause });
    }
  };

  const status = (await describe(client, artifact.stackName))?.StackStatus;
  if (status === undefined || status === 'ROLLBACK_COMPLETE') {
    // A stack that failed when it was made can only be made again from scratch.
    if (status !== undefined) {
      await client.deleteStack(name);
      await settled(waitUntilStackDeleteComplete({ client, ...WAIT }, name));
    }
    await client.createStack(request);
    await settled(waitUntilStackCreateComplete({ client, ...WAIT }, name));
  } else if (await update(client, request)) {
    await settled(waitUntilStackUpdateComplete({ client, ...WAIT }, name));
  }
  const stack = await describe(client, artifact.stackName);
  client.destroy();
  return outputsSchema.parse(
    Object.fromEntries(stack?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]) ?? []),
  );
}

async function describe(client: CloudFormation, stackName: string): Promise<Stack | undefined> {
  const { Stacks = [] } = await client.describeStacks({});
  return Stacks.find(({ StackName }) => StackName === stackName);
}

/** @returns false when there is nothing to update */
async function update(
  client: CloudFormation,
  request: Parameters<CloudFormation['updateStack']>[0],
): Promise<boolean> {
  try {
    await client.updateStack(request);
    return true;
  } catch (error) {
    // CloudFormation has no code of its own for it.
    if (error instanceof CloudFormationServiceException && error.message.includes('No updates')) return false;
    throw error;
  }
}
