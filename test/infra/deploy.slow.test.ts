import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { S3 } from '@aws-sdk/client-s3';
import { hostPlatform } from '../../layers/platform.ts';
import { deploy } from '../../local/deploy.ts';
import { type MiniStack, startMiniStack } from '../../local/ministack.ts';
import { pythonEnvironment } from '../../local/python.ts';
import { runCommand } from '../cli/commands.ts';
import { createApp } from './synthesis.ts';

const SAMPLES = path.resolve(import.meta.dirname, '../../samples');
/** Nobody's credentials and settings: those of whoever runs the tests are not for tests. */
const NOBODY = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

describe('npm run deploy and destroy', () => {
  let folder: string;
  let ministack: MiniStack;
  let env: Record<string, string>;
  before(async () => {
    const requirements = path.resolve(import.meta.dirname, '../../local/requirements.txt');
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-account-'));
    ministack = await startMiniStack({ python: await pythonEnvironment('ministack', requirements), folder });
    const { endpoint, region, credentials } = ministack.aws;
    env = {
      ...NOBODY,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    };
  });
  after(async () => {
    await ministack.stop();
    await rm(folder, { recursive: true });
  });

  const stacks = async () => {
    const { Stacks = [] } = await new CloudFormation(ministack.aws).describeStacks({});
    return Stacks.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
      ({ StackName }) => StackName,
    );
  };
  const buckets = async () => {
    const { Buckets = [] } = await new S3({ ...ministack.aws, forcePathStyle: true }).listBuckets();
    return Buckets.map(({ Name }) => Name);
  };

  it('bootstrap the account, deploy with the CDK, and remove everything again', async () => {
    const architecture = hostPlatform().architecture === 'arm64' ? 'arm64' : 'x86_64';
    // Without a trainer, whose image takes Docker.
    const settings = {
      stackName: 'passing',
      removalPolicy: 'destroy',
      architecture,
      tracing: 'false',
      trainer: 'none',
    };
    const context = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    const hosts: string[] = [];
    const proxy = createServer()
      .on('connect', ({ url = '' }, socket) => {
        hosts.push(url);
        socket.destroy();
      })
      .listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const address = proxy.address();
    assert.ok(typeof address === 'object' && address);
    const deployed = await runCommand('deploy', [...context, '--yes'], {
      // As on a developer's machine, for what a tool leaves out in continuous integration.
      env: { ...env, CI: '', HTTPS_PROXY: `http://127.0.0.1:${address.port}`, NO_PROXY: '127.0.0.1' },
    });
    // Whoever connected last may still wait to be noted.
    await sleep(500);
    proxy.close();
    assert.equal(deployed.exitCode, 0, deployed.stderr);
    assert.deepEqual(
      hosts.filter((host) => /telemetry/.test(host)),
      [],
    );
    assert.deepEqual((await stacks()).sort(), ['CDKToolkit', 'passing']);

    const dropped = await runCommand('drop', ['--stack', 'passing', path.join(SAMPLES, 'coffee.jpg')], {
      env,
    });
    assert.equal(dropped.exitCode, 0, dropped.stderr);

    const events = new EventBridge(ministack.aws);
    const { EventBuses: [bus] = [] } = await events.listEventBuses({ NamePrefix: 'passing' });
    const finished = { EventBusName: bus?.Name ?? '', Name: 'finished' };
    await events.putRule({ ...finished, EventPattern: '{"source":["facedrop"]}' });
    const Arn = 'arn:aws:sqs:us-east-1:000000000000:mine';
    await events.putTargets({ EventBusName: bus?.Name ?? '', Rule: 'finished', Targets: [{ Id: '1', Arn }] });

    const asked = await runCommand('destroy', ['--stack', 'passing'], { env });
    assert.equal(asked.exitCode, 2);
    assert.match(
      asked.stderr,
      /deleted {2}bucket passing-photos-[\w-]+\n.*Expected a terminal to ask for confirmation/s,
    );
    assert.match(asked.stderr, /deleted {2}rule finished on bus passing\w+\n/);
    assert.equal((await events.describeRule(finished)).State, 'ENABLED');

    // As after an attempt that failed halfway.
    const s3 = new S3({ ...ministack.aws, forcePathStyle: true });
    const crops = (await buckets()).find((name) => name?.startsWith('passing-chip'));
    await s3.deleteBucket({ Bucket: crops ?? '' });

    const destroyed = await runCommand('destroy', ['--stack', 'passing', '--yes'], { env });
    assert.equal(destroyed.exitCode, 0, destroyed.stderr);
    assert.deepEqual(await stacks(), ['CDKToolkit']);
    assert.ok((await buckets()).every((name) => !name?.startsWith('passing')));
  });

  it('leave photos and items in the account by default', async () => {
    const { app, stack } = createApp({ stackName: 'lasting' });
    const { photoBucket } = await deploy(app.synth().getStackByName(stack.stackName), ministack.aws);
    const { exitCode, stderr } = await runCommand('destroy', ['--stack', 'lasting', '--yes'], { env });
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, new RegExp(`kept {5}bucket ${photoBucket}\n`));
    assert.match(stderr, /kept {5}table lasting-/);
    assert.ok((await buckets()).includes(photoBucket));
  });

  it('say so when there is no such stack', async () => {
    const { exitCode, stderr } = await runCommand('destroy', ['--stack', 'absent', '--yes'], { env });
    assert.equal(exitCode, 2);
    assert.match(
      stderr,
      /^✗ Expected a stack "absent" in account 000000000000, us-east-1 but there is none\./,
    );
  });

  it('say how to sign in, to name a region, and what a setting may be', async () => {
    for (const [variables, message] of [
      [{ AWS_REGION: 'eu-west-1' }, /^✗ Expected valid AWS credentials but there are none \(.*\)\. Sign in/],
      [{}, /^✗ Expected an AWS region but found none\. Name one with --region or AWS_REGION\./],
    ] as const) {
      for (const command of ['deploy', 'destroy']) {
        const { exitCode, stderr } = await runCommand(command, [], { env: { ...NOBODY, ...variables } });
        assert.equal(exitCode, 2);
        assert.match(stderr, message);
      }
    }
    const { exitCode, stderr } = await runCommand('deploy', ['-c', 'maximumFaces=0'], { env });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^✗ Expected maximumFaces to be a whole number from 1 to 100 but received "0"/);
  });

  it('say what to do without Docker, before anything is deployed', async () => {
    const { exitCode, stderr } = await runCommand('deploy', [], {
      env: { ...env, CDK_DOCKER: 'no-docker-here' },
    });
    assert.equal(exitCode, 2);
    assert.match(stderr, /Expected no-docker-here to be running.*-c trainer=none/s);
  });
});
