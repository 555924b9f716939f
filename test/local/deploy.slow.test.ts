import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { SQS } from '@aws-sdk/client-sqs';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { deploy } from '../../local/deploy.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack.ts';
import { pythonEnvironment } from '../../local/python.ts';
import { createApp } from '../infra/synthesis.ts';

const DOCUMENT = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:000000000000:queue' },
  ],
};

describe('deploy', () => {
  let folder: string;
  let ministack: MiniStack;
  before(async () => {
    const requirements = path.resolve(import.meta.dirname, '../../local/requirements.txt');
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-deploy-'));
    ministack = await startMiniStack({ python: await pythonEnvironment('ministack', requirements), folder });
  });
  after(async () => {
    await ministack.stop();
    await rm(folder, { recursive: true });
  });

  const deployStack = (context: Record<string, unknown>, spoil = false) => {
    const { app, stack } = createApp(context);
    if (spoil)
      new CfnPolicy(stack, 'Spoiler', { policyName: 'spoiler', policyDocument: DOCUMENT, roles: ['nobody'] });
    return deploy(app.synth().getStackByName(stack.stackName), ministack.aws);
  };
  const lastChange = async (StackName: string) => {
    const { Stacks = [] } = await new CloudFormation(ministack.aws).describeStacks({ StackName });
    return Stacks[0]?.LastUpdatedTime?.getTime();
  };

  it('makes a stack, leaves it alone while nothing changes, and changes it in place', async () => {
    const made = await deployStack({ timeout: 10 });
    const first = await lastChange('facedrop');
    assert.deepEqual(await deployStack({ timeout: 10 }), made);
    assert.equal(await lastChange('facedrop'), first);

    assert.deepEqual(await deployStack({ timeout: 20 }), made);
    const { Attributes } = await new SQS(ministack.aws).getQueueAttributes({
      QueueUrl: made.uploadQueue,
      AttributeNames: ['VisibilityTimeout'],
    });
    assert.equal(Attributes?.VisibilityTimeout, '50');
  });

  it('says which resource failed and why, and makes the stack again the next time', async () => {
    await assert.rejects(deployStack({ stackName: 'spoilt' }, true), {
      message: /^The local stack could not be deployed:\nSpoiler: The role with name nobody cannot be found/,
    });
    const { photoBucket } = await deployStack({ stackName: 'spoilt' });
    assert.match(photoBucket, /^spoilt-photos-[0-9a-f]{8}-[0-9a-f]{4}$/);
  });
});
