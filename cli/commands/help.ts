import { Command } from 'commander';
import pc from 'picocolors';
import project from '../../package.json' with { type: 'json' };
import { run } from '../command.ts';

type Script = keyof typeof project.scripts;

/** What each script of package.json does, under the headings by which people look for it. */
const COMMANDS = {
  'Try it': {
    start: 'starts the whole stack on your machine and drops the sample photos',
    drop: 'uploads photos and folders, waits for the results and prints them',
    keys: 'creates, lists and revokes API keys',
  },
  'Train it': {
    dataset: 'checks, imports and lists labelled photos',
    train: 'trains a network on them, and puts it into service if it is better',
    gallery: 'adds, lists and removes people to compare faces with',
    models: 'lists, shows, promotes and rolls back trained models',
    trial: 'trains on this machine, without the stack',
    evaluate: 'measures accuracy on labelled photos, compared with face-api and Human',
  },
  'Run it': {
    deploy: 'deploys the stack to your AWS account',
    destroy: 'removes the stack from your AWS account',
    backfill: 'analyses photos that are already in the bucket',
    redrive: 'retries photos that ended in a dead-letter queue',
  },
  'Work on it': {
    check: 'checks formatting, imports, types, links and spelling',
    format: 'formats the source code',
    'test:quick': 'runs the tests that need no local AWS, in about a minute',
    test: 'runs all tests',
    bench: 'measures speed, memory and cost, and prints tables',
    build: 'builds the model layer that the functions share',
    clients: 'generates the API clients from the OpenAPI document',
    help: 'lists these commands',
  },
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<Script, string>>>>>;

// Does not compile while a script is missing above.
type Listed = { [Heading in keyof typeof COMMANDS]: keyof (typeof COMMANDS)[Heading] }[keyof typeof COMMANDS];
const names = Object.keys(project.scripts) as Script[] satisfies Listed[];

/** npm runs these two without "run". */
const call = (name: string): string =>
  name === 'start' || name === 'test' ? `npm ${name}` : `npm run ${name}`;

const command = new Command('npm run help').description('Lists all commands.').action(() => {
  const width = Math.max(...names.map((name) => call(name).length));
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    console.log(pc.bold(heading));
    for (const [name, meaning] of Object.entries(commands)) {
      console.log(`  ${call(name).padEnd(width)}  ${meaning}`);
    }
    console.log();
  }
  console.log('Most commands have --help. npm needs "--" before options: npm run drop -- --help');
});
await run(command);
