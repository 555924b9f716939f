import { Command } from 'commander';
import { type ApiKey, Keys } from '../../functions/api/keys.ts';
import { type Column, formatColumns } from '../columns.ts';
import { numberFrom, printable, run, say, wholeNumberFrom } from '../command.ts';
import { addTargetOptions, connect, type TargetOptions } from '../target.ts';

interface CreateOptions extends TargetOptions {
  readonly rate?: number;
  readonly quota?: number;
  readonly owner?: string;
  readonly admin: boolean;
  readonly trainings: boolean;
}

interface ListOptions extends TargetOptions {
  readonly json: boolean;
}

async function connectKeys(options: TargetOptions): Promise<{ keys: Keys; flags: string }> {
  const { dynamo, stack, description, flags } = await connect(options);
  say(`API keys of ${description}`);
  return { keys: new Keys(dynamo, stack.keyTable), flags };
}

async function create(
  name: string,
  { rate, quota, owner, admin, trainings, ...target }: CreateOptions,
): Promise<void> {
  const { keys, flags } = await connectKeys(target);
  if (name.trim() === '') throw new Error('Expected a name for the key but received an empty one.');
  if (owner && (await keys.list()).every((key) => key.owner !== owner)) {
    throw new Error(
      `Expected the owner of another key but none has "${owner}". List them with: npm run keys -- list${flags}`,
    );
  }
  const { secret, key } = await keys.create({
    name,
    admin,
    trainings,
    ...(owner && { owner }),
    ...(rate && { requestsPerSecond: rate }),
    ...(quota && { requestsPerDay: quota }),
  });
  process.stdout.write(`${secret}\n`);
  say(
    `Key ${key.id} for ${printable(name)}: ${key.requestsPerSecond} requests per second, ${key.requestsPerDay} per day, ` +
      `owner ${key.owner}. Only a hash of it is stored: copy it now.`,
  );
}

async function list({ json, ...target }: ListOptions): Promise<void> {
  const { keys } = await connectKeys(target);
  const shown = (await keys.list()).map(describe);
  if (json) {
    for (const key of shown) process.stdout.write(`${JSON.stringify(key)}\n`);
    return;
  }
  const rows = shown.map((key) => Object.values(key).map(String));
  process.stdout.write(`${formatColumns(COLUMNS, rows)}\n`);
}

/** What `describe` returns. */
const COLUMNS: readonly Column[] = [
  { title: 'Id' },
  { title: 'Name' },
  { title: 'Owner' },
  { title: 'Rights' },
  { title: 'Per second', right: true },
  { title: 'Per day', right: true },
  { title: 'Today', right: true },
  { title: 'Created' },
  { title: 'Revoked' },
];

/** All that is of interest of a key, and nothing that opens anything. */
function describe({ id, name, owner, admin, trainings, requestsPerSecond, requestsPerDay, ...key }: ApiKey) {
  const today = new Date().toISOString().slice(0, 10);
  return {
    id,
    name: printable(name),
    owner,
    rights: [admin ? 'admin' : 'own photos', ...(trainings ? ['trainings'] : [])].join(', '),
    requestsPerSecond,
    requestsPerDay,
    usedToday: key.day === today ? key.used : 0,
    createdAt: key.createdAt,
    revokedAt: key.revokedAt ?? '',
  };
}

async function revoke(id: string, target: TargetOptions): Promise<void> {
  const { keys, flags } = await connectKeys(target);
  const revoked = await keys.revoke(id);
  if (!revoked) {
    throw new Error(
      `Expected the id of a key but there is no "${id}". List them with: npm run keys -- list${flags}`,
    );
  }
  say(`Key ${id} of ${printable(revoked.name)} is revoked.`);
}

const command = new Command('npm run keys --').description("Creates, lists and revokes the HTTP API's keys.");
addTargetOptions(
  command
    .command('create <name>')
    .description('creates a key and prints it, this once')
    .option('--rate <requests>', 'requests per second (default: 10)', numberFrom(0.001, 10_000))
    .option('--quota <requests>', 'requests per day (default: 10000)', wholeNumberFrom(1, 1_000_000_000))
    .option('--owner <id>', "give access to the photos of another key's owner; default: a new owner")
    .option('--admin', 'also give access to photos that were dropped into the bucket', false)
    .option('--trainings', 'also allow starting and cancelling trainings, which cost money', false),
).action(create);
addTargetOptions(
  command
    .command('list')
    .description('lists all keys, their limits and their use today')
    .option('--json', 'print JSON lines', false),
).action(list);
addTargetOptions(
  command.command('revoke <id>').description('revokes a key, from the next request on'),
).action(revoke);
await run(command);
