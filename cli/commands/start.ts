import path from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import cdk from '../../cdk.json' with { type: 'json' };
import { isActive } from '../../functions/training/shared/training.ts';
import { Trainings } from '../../functions/training/shared/trainings.ts';
import { parseConfig } from '../../infra/config.ts';
import type { LocalStack } from '../../local/stack.ts';
import { type RunningStack, startLocalStack } from '../../local/start.ts';
import { sayCautions } from '../cautions.ts';
import { count, EXIT, run, say } from '../command.ts';
import { addContextOption } from '../context.ts';
import { findFiles } from '../files.ts';
import { reportResults } from '../report.ts';
import { Steps } from '../steps.ts';
import { connectTo, folderOption, type Target } from '../target.ts';
import { uploadPhotos } from '../uploads.ts';

interface Options {
  readonly once: boolean;
  readonly fresh: boolean;
  readonly json: boolean;
  readonly attributes?: string;
  readonly folder?: string;
  readonly context: Readonly<Record<string, string>>;
}

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');

const command = new Command('npm start --')
  .description(
    'Starts a local AWS, deploys the pipeline to it, drops the sample photos and prints their faces.',
  )
  .option('--once', 'stop when the samples are done', false)
  .option('--fresh', 'start empty, without what earlier starts kept', false)
  .option('--json', 'print the items as JSON lines', false)
  .option('--attributes <names>', 'what is estimated, or "all"; the same as -c attributes=…')
  .addOption(folderOption('folder for all data of the stack; each folder is a stack of its own'))
  .addHelpText(
    'after',
    '\nExits with 0, with 1 if a sample photo failed, or with 2 if the stack could not be started.\nWith --once, exits with 130 if it was interrupted.',
  );
await run(addContextOption(command).action(start));

async function start({ once, fresh, json, folder, attributes, context: given }: Options): Promise<void> {
  const context = attributes === undefined ? given : { ...given, attributes };
  const steps = new Steps();
  const local = await startLocalStack({
    context,
    fresh,
    ...(folder && { folder: path.resolve(folder) }),
    onStep: (name, work) => steps.add(name, work),
  });
  // Until here an interrupt simply ends this process, and the local AWS ends with it.
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  }).then(async () => {
    // Whoever waits for the samples must not take this for their success.
    if (once) process.exitCode = EXIT.interrupted;
    // A stack that can no longer say so ends all the same.
    await nameTrainings(local).catch(() => {});
  });
  const ended = local.ended.then(() => {
    throw new Error(
      `The local AWS ended unexpectedly. Its log is ${path.relative('', local.log)}; start it again.`,
    );
  });
  try {
    await Promise.race([
      interrupted,
      ended,
      serve(local, { once, json, context, ...(folder && { folder }) }),
    ]);
  } finally {
    await local.stop();
  }
  // Whoever was interrupted may still be waiting for results.
  process.exit();
}

async function serve(
  { stack }: RunningStack,
  { once, json, context, folder }: Omit<Options, 'fresh'>,
): Promise<void> {
  const target = connectTo(stack, { ...(folder && { folder }) });
  const { files } = await findFiles([SAMPLES], '');
  say(`Dropping ${count(files.length, 'sample photo')} on ${target.description}`);
  const uploads = await uploadPhotos(target, files);
  const { failures } = await reportResults(target, uploads, {
    json,
    wait: true,
    minimumQuality: 0,
    timeout: 120,
  });
  process.exitCode = failures > 0 ? EXIT.failed : EXIT.done;
  if (once) return;
  const { apiAccess, attributes } = parseConfig({ ...cdk.context, ...context });
  sayCautions(attributes);
  say(instructions(stack, target, apiAccess));
  await new Promise(() => {});
}

/** Says which trainings end with the stack: they could not. */
async function nameTrainings({ stack }: RunningStack): Promise<void> {
  const { dynamo } = connectTo(stack);
  for (const training of await new Trainings(dynamo, stack.trainingTable).list()) {
    if (isActive(training))
      say(`Training ${training.id} ends with the stack; start it again after the next start.`);
  }
}

/** What to try next; the page's address comes first. */
function instructions(
  { region, credentials, apiUrl, apiKey }: LocalStack,
  { flags }: Target,
  apiAccess: 'key' | 'iam',
): string {
  const user = `${credentials.accessKeyId}:${credentials.secretAccessKey}`;
  const [variables, request] =
    apiAccess === 'key'
      ? [`URL=${apiUrl} KEY=${apiKey}`, '-H "x-api-key: $KEY" -F file=@photo.jpg']
      : [
          `URL=${apiUrl}`,
          `--aws-sigv4 aws:amz:${region}:execute-api --user ${user} -H content-type:image/jpeg --data-binary @photo.jpg`,
        ];
  return [
    '',
    ...(apiAccess === 'key' ? [`${pc.bold('Open the page')}     ${apiUrl}#key=${apiKey}`] : []),
    `${pc.bold('Drop more photos')}  npm run drop -- photo.jpg folder/${flags}`,
    `${pc.bold('Call the API')}      export ${variables}`,
    `                  curl ${request} "\${URL}predict"`,
    `${pc.bold('Stop')}              Ctrl-C; photos and results are kept for the next start`,
  ].join('\n');
}
