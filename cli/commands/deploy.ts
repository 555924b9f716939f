import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { Command } from 'commander';
import { execa } from 'execa';
import cdk from '../../cdk.json' with { type: 'json' };
import { parseConfig } from '../../infra/config.ts';
import { type AccountOptions, addAccountOptions, findAccount } from '../account.ts';
import { sayCautions } from '../cautions.ts';
import { run, say } from '../command.ts';
import { addContextOption } from '../context.ts';
import { connect } from '../target.ts';

interface Options extends AccountOptions {
  readonly context: Readonly<Record<string, string>>;
  readonly yes: boolean;
}

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** The CDK itself requires at least this version of its bootstrap stack. */
const BOOTSTRAP_VERSION = 6;

const command = new Command('npm run deploy --')
  .description('Deploys the pipeline to the AWS account of your credentials.')
  .option('--yes', 'do not ask for approval before granting permissions', false);
addAccountOptions(addContextOption(command)).addHelpText(
  'after',
  `
-c applies to this deployment only: put settings that are to last into cdk.json. Photos, items, data sets and models outlive the stack
unless it was deployed with -c removalPolicy=destroy. docs/operations.md lists the permissions you need.`,
);
await run(command.action(deploy));

async function deploy({ context, yes, ...options }: Options): Promise<void> {
  const { stackName, trainer, engine, apiAccess, attributes } = parseConfig({ ...cdk.context, ...context });
  const account = await findAccount(options);
  if (trainer !== 'none' && engine === 'onnx') await assertDocker(trainer);
  say(`Deploying ${stackName} to account ${account.id} in ${account.region}`);
  sayCautions(attributes);
  const where = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
  if (!(await isBootstrapped(options))) {
    // In a folder without cdk.json: the app would be synthesised, and its layer built, for nothing.
    const folder = path.join(ROOT, '.build', 'bootstrap');
    await mkdir(folder, { recursive: true });
    await cdkCommand(['bootstrap', `aws://${account.id}/${account.region}`, ...where], folder);
  }
  const settings = Object.entries(context).flatMap(([key, value]) => ['--context', `${key}=${value}`]);
  await cdkCommand([
    'deploy',
    stackName,
    ...settings,
    ...where,
    ...(yes ? ['--require-approval', 'never'] : []),
  ]);

  const { stack, flags } = await connect({ stack: stackName, ...options });
  const page =
    apiAccess === 'key'
      ? `Open the page      ${stack.apiUrl}
Create a key       npm run keys -- create NAME${flags}`
      : `Call the API       ${stack.apiUrl}, with requests signed for execute-api in ${stack.region}`;
  say(`
Drop photos        npm run drop -- photo.jpg folder/${flags}
                   or aws s3 cp photo.jpg s3://${stack.photoBucket}
${page}
Find the results   one item per photo in the DynamoDB table ${stack.table}
Remove it          npm run destroy --${flags}`);
}

/** @throws Error saying what to do where the trainer's container image can't be built */
async function assertDocker(trainer: string): Promise<void> {
  // As the CDK chooses it.
  const docker = process.env.CDK_DOCKER ?? 'docker';
  const { failed } = await execa(docker, ['info'], { reject: false, stdio: 'ignore' });
  if (failed) {
    throw new Error(
      `Expected ${docker} to be running, to build the container image of the trainer "${trainer}", but it is not. ` +
        'Start it, set CDK_DOCKER to podman or finch, or deploy without training: -c trainer=none.',
    );
  }
}

async function isBootstrapped(options: AccountOptions): Promise<boolean> {
  const client = new SSMClient(options);
  try {
    const { Parameter } = await client.send(
      new GetParameterCommand({ Name: '/cdk-bootstrap/hnb659fds/version' }),
    );
    return Number(Parameter?.Value) >= BOOTSTRAP_VERSION;
  } catch (error) {
    if (error instanceof ParameterNotFound) return false;
    throw error;
  }
}

async function cdkCommand(args: readonly string[], cwd = ROOT): Promise<void> {
  // Nothing is sent to anyone but the account's own AWS.
  const env = { CDK_DISABLE_CLI_TELEMETRY: 'true' };
  await execa('cdk', args, { cwd, preferLocal: true, localDir: ROOT, stdio: 'inherit', env });
}
