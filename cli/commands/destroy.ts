import { createInterface } from 'node:readline/promises';
import {
  CloudFormation,
  CloudFormationServiceException,
  paginateListStackResources,
  waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { EventBridge, ResourceNotFoundException } from '@aws-sdk/client-eventbridge';
import { NoSuchBucket, paginateListObjectsV2, S3 } from '@aws-sdk/client-s3';
import { Command } from 'commander';
import { z } from 'zod';
import cdk from '../../cdk.json' with { type: 'json' };
import { parseConfig } from '../../infra/config.ts';
import { stackFailures } from '../../infra/operations/failures.ts';
import { type AccountOptions, addAccountOptions, findAccount } from '../account.ts';
import { run, say } from '../command.ts';

interface Options extends AccountOptions {
  readonly stack?: string;
  readonly yes: boolean;
}

/** A stack's resource that holds what users put into it, and whether it goes with the stack. */
interface Store {
  readonly type: 'AWS::S3::Bucket' | 'AWS::DynamoDB::Table';
  readonly name: string;
  readonly retained: boolean;
}

/** One of the things a stack consists of. */
interface Resource {
  /** In the template. */
  readonly id: string;
  readonly type: string;
  /** In the account. */
  readonly name: string;
}

/** A rule on a stack's event bus that isn't the stack's. */
interface Subscription {
  readonly bus: string;
  readonly rule: string;
}

/** What was decided when the stack was deployed, whatever the configuration says now. */
const templateSchema = z.object({
  Resources: z.record(z.string(), z.looseObject({ DeletionPolicy: z.string().optional() })),
});

const command = new Command('npm run destroy --')
  .description('Removes a stack from your AWS account.')
  .option('--stack <name>', "CloudFormation stack; default: the configuration's")
  .option('--yes', 'do not ask for confirmation', false);
addAccountOptions(command).addHelpText(
  'after',
  `
Photos, items, labels, data sets, models and API keys are deleted only if the stack was deployed with
-c removalPolicy=destroy. Otherwise their buckets and tables stay in the account, where their storage costs money,
until you delete them: docs/operations.md says how. The CDK's bootstrap stack, CDKToolkit, is always kept.`,
);
await run(command.action(destroy));

async function destroy({ stack, yes, ...options }: Options): Promise<void> {
  const stackName = stack ?? parseConfig(cdk.context).stackName;
  const account = await findAccount(options);
  const client = new CloudFormation(options);
  if (!(await exists(client, stackName))) {
    throw new Error(
      `Expected a stack "${stackName}" in account ${account.id}, ${account.region} but there is none. ` +
        'Name another one with --stack, --region or --profile.',
    );
  }
  const events = new EventBridge(options);
  const resources = await findResources(client, stackName);
  const stores = await findStores(client, stackName, resources);
  const subscriptions = await findSubscriptions(events, resources);
  say(`Stack ${stackName} in account ${account.id}, ${account.region}:`);
  for (const { type, name, retained } of stores) {
    say(`  ${retained ? 'kept   ' : 'deleted'}  ${type.split('::')[2]?.toLowerCase()} ${name}`);
  }
  for (const { bus, rule } of subscriptions) say(`  deleted  rule ${rule} on bus ${bus}`);
  if (!yes && !(await confirm(`Destroy ${stackName}?`))) return say('Nothing was done.');

  const s3 = new S3(options);
  for (const { type, name, retained } of stores) {
    // CloudFormation deletes empty buckets only.
    if (type === 'AWS::S3::Bucket' && !retained) await empty(s3, name);
  }
  // Nor does it delete a bus that anyone subscribes to.
  for (const subscription of subscriptions) await unsubscribe(events, subscription);
  await client.deleteStack({ StackName: stackName });
  try {
    await waitUntilStackDeleteComplete(
      { client, maxWaitTime: 1800, minDelay: 2, maxDelay: 10 },
      { StackName: stackName },
    );
  } catch (cause) {
    throw new Error(
      `Expected the stack to be deleted but that failed. Try again.\n${await stackFailures(client, stackName)}`,
      {
        cause,
      },
    );
  }
  say(`Stack ${stackName} was destroyed.`);
}

async function exists(client: CloudFormation, stackName: string): Promise<boolean> {
  try {
    const { Stacks = [] } = await client.describeStacks({ StackName: stackName });
    return Stacks.some(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE');
  } catch (error) {
    // CloudFormation has no error of its own for it.
    if (error instanceof CloudFormationServiceException && error.name === 'ValidationError') return false;
    throw error;
  }
}

/** What the stack consists of, except what was never made, or was deleted in an earlier attempt. */
async function findResources(client: CloudFormation, stackName: string): Promise<Resource[]> {
  const resources: Resource[] = [];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: stackName },
  )) {
    for (const resource of StackResourceSummaries) {
      const { LogicalResourceId: id = '', ResourceType: type = '' } = resource;
      const { PhysicalResourceId: name, ResourceStatus: status } = resource;
      if (!name || status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED') continue;
      resources.push({ id, type, name });
    }
  }
  return resources;
}

async function findStores(
  client: CloudFormation,
  stackName: string,
  resources: readonly Resource[],
): Promise<Store[]> {
  const { TemplateBody = '' } = await client.getTemplate({ StackName: stackName });
  const { Resources } = templateSchema.parse(JSON.parse(TemplateBody));
  return resources.flatMap(({ id, type, name }) =>
    type === 'AWS::S3::Bucket' || type === 'AWS::DynamoDB::Table'
      ? [{ type, name, retained: Resources[id]?.DeletionPolicy?.startsWith('Retain') ?? false }]
      : [],
  );
}

/** The rules by which others than the stack itself subscribe to its event bus. */
async function findSubscriptions(
  events: EventBridge,
  resources: readonly Resource[],
): Promise<Subscription[]> {
  const namesOf = (wanted: string) => resources.flatMap(({ type, name }) => (type === wanted ? [name] : []));
  // The name of a rule contains its bus unless that is the default one.
  const own = new Set(namesOf('AWS::Events::Rule').map((name) => name.split('|').at(-1)));
  const buses = namesOf('AWS::Events::EventBus');
  const found = await Promise.all(
    buses.map(async (bus) => {
      const rules = await findRules(events, bus);
      return rules.filter((rule) => !own.has(rule)).map((rule) => ({ bus, rule }));
    }),
  );
  return found.flat();
}

async function findRules(events: EventBridge, bus: string, from?: string): Promise<string[]> {
  try {
    const { Rules = [], NextToken } = await events.listRules({
      EventBusName: bus,
      ...(from && { NextToken: from }),
    });
    const rules = Rules.flatMap(({ Name }) => (Name ? [Name] : []));
    return NextToken ? [...rules, ...(await findRules(events, bus, NextToken))] : rules;
  } catch (error) {
    // A bus that is already gone has none.
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
}

async function unsubscribe(events: EventBridge, { bus, rule }: Subscription): Promise<void> {
  const { Targets = [] } = await events.listTargetsByRule({ EventBusName: bus, Rule: rule });
  const Ids = Targets.flatMap(({ Id }) => (Id ? [Id] : []));
  // A rule that has targets can't be deleted.
  if (Ids.length > 0) await events.removeTargets({ EventBusName: bus, Rule: rule, Ids });
  await events.deleteRule({ EventBusName: bus, Name: rule });
}

/** One that is already gone is empty. */
async function empty(s3: S3, bucket: string): Promise<void> {
  try {
    await deleteObjects(s3, bucket);
  } catch (error) {
    if (!(error instanceof NoSuchBucket)) throw error;
  }
}

async function deleteObjects(s3: S3, bucket: string): Promise<void> {
  for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
    if (Contents.length === 0) continue;
    const { Errors = [] } = await s3.deleteObjects({
      Bucket: bucket,
      Delete: { Objects: Contents.map(({ Key }) => ({ Key })), Quiet: true },
    });
    if (Errors[0])
      throw new Error(
        `Expected to empty ${bucket} but ${Errors[0].Key} could not be deleted: ${Errors[0].Message}`,
      );
  }
}

async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new Error(
      'Expected a terminal to ask for confirmation but there is none. Add --yes to destroy without asking.',
    );
  const readline = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test(await readline.question(`${question} (y/N) `));
  } finally {
    readline.close();
  }
}
