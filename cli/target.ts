import { relative, resolve } from 'node:path';
import {
  CloudFormationClient,
  CloudFormationServiceException,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import cdk from '../cdk.json' with { type: 'json' };
import { parseConfig } from '../infra/config.ts';
import { type Connection, connectionSchema, readLocalStack } from '../local/stack.ts';
import { messageOf, workingDirectory } from './command.ts';

/** A running stack, and the clients to talk to it with. */
export interface Target {
  readonly stack: Connection;
  readonly s3: S3Client;
  readonly dynamo: DynamoDBDocumentClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly sfn: SFNClient;
  /** In words: "the local stack at http://127.0.0.1:4566". */
  readonly description: string;
  /** The options by which any command reaches it, as they are typed after others: "" or " --folder other". */
  readonly flags: string;
}

export interface TargetOptions {
  /** What the local stack keeps everything in; default: `.local`. */
  readonly folder?: string;
  /** The stack on AWS instead of the local one. */
  readonly aws?: boolean;
  /** CloudFormation stack name; default: the configuration's. */
  readonly stack?: string;
  readonly region?: string;
  /** Profile of the AWS configuration files. */
  readonly profile?: string;
}

/** There is no stack to talk to; the message says what to run. */
export class NoStackError extends Error {
  override readonly name = 'NoStackError';
}

/** Gives a command the options that say which stack it works on. */
export function addTargetOptions(command: Command): Command {
  return command
    .addOption(folderOption('use the local stack whose data is in this folder'))
    .option('--aws', 'use the stack on AWS instead of the local one')
    .option('--stack <name>', 'CloudFormation stack on AWS; implies --aws')
    .option('--region <region>', 'AWS region; implies --aws')
    .option('--profile <name>', 'profile of the AWS configuration files; implies --aws');
}

/** The option that tells one local stack from another. */
export function folderOption(description: string): Option {
  return new Option('--folder <folder>', `${description} (default: .local)`)
    .env('FACEDROP_FOLDER')
    .argParser((folder) => resolve(workingDirectory(), folder));
}

/**
 * Connects to the running local stack or, only when asked to, to the one deployed on AWS, so that nobody's photos get
 * there by mistake. Naming a stack, region or profile asks for it, too.
 * @throws NoStackError when there is none
 */
export async function connect(options: TargetOptions = {}): Promise<Target> {
  const { folder, aws, stack, region, profile } = options;
  if (aws || stack || region || profile) return connectTo(await describeStack(options), options);
  const local = await readLocalStack(folder);
  if (local) return connectTo(local, options);
  throw new NoStackError(
    folder
      ? `Expected a running local stack in ${shortened(folder)} but there is none. Start it with: npm start -- --folder ${quoted(shortened(folder))}`
      : 'Expected a running local stack but there is none. Start it with "npm start", or add --aws to use the stack on AWS.',
  );
}

/**
 * Clients for a stack whose facts are known.
 * @param options that led to it
 */
export function connectTo(stack: Connection, options: TargetOptions = {}): Target {
  const { endpoint, region, credentials } = stack;
  const { profile } = options;
  const configuration = {
    region,
    ...(endpoint && { endpoint }),
    // A copy: the clients write into it.
    ...(credentials && { credentials: { ...credentials } }),
    ...(profile && { profile }),
  };
  return {
    stack,
    s3: new S3Client({ ...configuration, forcePathStyle: endpoint !== undefined }),
    dynamo: DynamoDBDocumentClient.from(new DynamoDBClient(configuration)),
    sqs: new SQSClient(configuration),
    events: new EventBridgeClient(configuration),
    sfn: new SFNClient(configuration),
    description: endpoint ? `the local stack at ${endpoint}` : `stack ${stack.stackName} in ${region}`,
    flags: flagsOf(options),
  };
}

/** A folder as people name it where they are. */
function shortened(folder: string): string {
  const path = relative(workingDirectory(), folder);
  return path === '' || path.startsWith('..') ? folder : path;
}

function flagsOf({ folder, aws, stack, region, profile }: TargetOptions): string {
  const shown = { folder: folder && shortened(folder), stack, region, profile };
  const named = Object.entries(shown).map(([name, value]) => (value ? ` --${name} ${quoted(value)}` : ''));
  return [aws ? ' --aws' : '', ...named].join('');
}

/** As a POSIX shell takes it for one word. */
export const quoted = (text: string): string =>
  /^[\w./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;

async function describeStack({ stack, region, profile }: TargetOptions): Promise<Connection> {
  const stackName = stack ?? parseConfig(cdk.context).stackName;
  const client = new CloudFormationClient({ ...(region && { region }), ...(profile && { profile }) });
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const outputs = Stacks?.[0]?.Outputs ?? [];
    return connectionSchema.parse({
      ...Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
      stackName,
      region: await client.config.region(),
    });
  } catch (cause) {
    throw new NoStackError(`Expected stack "${stackName}" on AWS but ${whyNot(cause)}`, { cause });
  }
}

function whyNot(error: unknown): string {
  if (error instanceof z.ZodError) {
    return `its outputs are from another version of this project. Deploy it again with "npm run deploy".\n${z.prettifyError(error)}`;
  }
  const reason = messageOf(error).replace(/\.$/, '');
  // CloudFormation has no error of its own for a stack that isn't there.
  if (error instanceof CloudFormationServiceException && error.name === 'ValidationError') {
    return `could not find it (${reason}). Deploy it with "npm run deploy", or name another stack with --stack, --region or --profile.`;
  }
  return `could not look it up (${reason}). Sign in, or name with --profile one that may call cloudformation:DescribeStacks.`;
}
