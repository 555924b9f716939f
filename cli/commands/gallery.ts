import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { ATTRIBUTE_NAMES, needGallery } from '../../attributes/list.ts';
import { personSchema } from '../../attributes/person.ts';
import { type GalleryStore, openGallery, type Person } from '../../models/gallery.ts';
import { LENGTH, type Vector } from '../../models/recognizer.ts';
import { judgeLikeness, judgeStrangers } from '../../training/evaluation/likeness.ts';
import { formatColumns } from '../columns.ts';
import { complain, count, EXIT, messageOf, printable, run, say, workingDirectory } from '../command.ts';
import { openFaceVectors } from '../face-vectors.ts';
import { findFiles, type PhotoFile } from '../files.ts';
import { formatLikeness, formatStrangers } from '../likeness-table.ts';
import { startProgress } from '../progress.ts';
import { addTargetOptions, connect, type TargetOptions } from '../target.ts';

interface ListOptions extends TargetOptions {
  readonly json: boolean;
}

async function open(
  options: TargetOptions,
): Promise<{ gallery: GalleryStore; attributes: readonly string[] }> {
  const { s3, stack, description } = await connect(options);
  say(`Gallery of ${description}`);
  return {
    gallery: openGallery({ client: s3, bucket: stack.trainingBucket }),
    attributes: stack.attributes,
  };
}

async function add(name: string, paths: readonly string[], target: TargetOptions): Promise<void> {
  const { gallery, attributes } = await open(target);
  const photos = await find(paths);
  const { recognizer, vectorOf } = await openFaceVectors();
  const looked = await look(photos, (photo) => vectorOf(photo, true));
  if (looked.length === 0)
    throw new Error(`Expected photos of ${name} but none can be used. Nothing was added.`);
  const person = await gallery.add(
    name,
    looked.map(({ vector }) => vector),
    recognizer.model,
  );
  process.stdout.write(`${name}: ${count(person.vectors.length, 'photo')}\n`);
  say('Running functions use the change within half a minute. No photo was kept.');
  say('! Vectors are biometric data: add only people who have agreed to it.');
  if (!needGallery(attributes)) {
    const asking = ATTRIBUTE_NAMES.filter((attribute) => needGallery([attribute])).join(', ');
    say(
      `This stack does not estimate ${asking}, which likeness is a part of. The setting "attributes" turns it on.`,
    );
  }
  process.exitCode = looked.length < photos.length ? EXIT.failed : EXIT.done;
}

async function find(paths: readonly string[]): Promise<readonly PhotoFile[]> {
  const { files, failed } = await findFiles(paths, workingDirectory());
  for (const { path: file, reason } of failed) complain(`${printable(file)} cannot be used: ${reason}`);
  if (files.length === 0) throw new Error(`Expected photos but found none in ${paths.join(', ')}.`);
  return files;
}

/** Photos that can't be used are named, and left out. */
async function look(
  photos: readonly PhotoFile[],
  vectorOf: (photo: Uint8Array) => Promise<Vector>,
): Promise<{ readonly photo: PhotoFile; readonly vector: Vector }[]> {
  const looked: { photo: PhotoFile; vector: Vector }[] = [];
  const failed: string[] = [];
  const progress = startProgress('Analysing photos', photos.length);
  for (const [index, photo] of photos.entries()) {
    try {
      looked.push({ photo, vector: await vectorOf(await readFile(photo.path)) });
    } catch (error) {
      failed.push(`${photo.path} cannot be used: ${messageOf(error)}`);
    }
    progress.update(index + 1, `${index + 1} of ${count(photos.length, 'photo')}`);
  }
  progress.stop();
  for (const failure of failed) complain(failure);
  return looked;
}

async function list({ json, ...target }: ListOptions): Promise<void> {
  const { gallery } = await (await open(target)).gallery.read();
  const shown = (gallery?.people ?? []).map(describe);
  if (json) {
    for (const person of shown) process.stdout.write(`${JSON.stringify(person)}\n`);
    return;
  }
  const rows = shown.map(({ name, photos, addedAt, bytes }) => [
    name,
    String(photos),
    `${addedAt.slice(0, 16).replace('T', ' ')} UTC`,
    bytes.toLocaleString('en'),
  ]);
  const columns = [
    { title: 'Name' },
    { title: 'Photos', right: true },
    { title: 'Last added' },
    { title: 'Bytes', right: true },
  ];
  process.stdout.write(rows.length > 0 ? `${formatColumns(columns, rows)}\n` : 'The gallery is empty.\n');
}

const describe = ({ name, addedAt, vectors }: Person) => ({
  name,
  photos: vectors.length,
  addedAt,
  bytes: LENGTH * vectors.length,
});

async function remove(name: string, target: TargetOptions): Promise<void> {
  const { gallery } = await open(target);
  const { vectors } = await gallery.remove(name);
  process.stdout.write(`${name}: removed, with the vectors of ${count(vectors.length, 'photo')}\n`);
  say('Running functions use the change within half a minute. Existing results stay as they are.');
}

async function evaluate(
  folders: readonly string[],
  { strangers: other }: { readonly strangers?: string },
): Promise<void> {
  const { recognizer, vectorOf } = await openFaceVectors();
  const strangers =
    other === undefined
      ? new Map<string, Vector[]>()
      : groupVectors(await look(await find([other]), (photo) => vectorOf(photo, false)));
  if (other !== undefined)
    process.stdout.write(`${formatStrangers(judgeStrangers(strangers, recognizer))}\n\n`);
  for (const folder of folders) {
    const looked = await look(await find([folder]), (photo) => vectorOf(photo, false));
    const faces = looked.map(({ photo, vector }) => ({ person: path.dirname(photo.path), vector }));
    process.stdout.write(
      `${formatLikeness(path.basename(folder), judgeLikeness(faces, recognizer, strangers))}\n`,
    );
  }
}

const groupVectors = (looked: readonly { readonly photo: PhotoFile; readonly vector: Vector }[]) =>
  new Map(
    [...Map.groupBy(looked, ({ photo }) => path.basename(path.dirname(photo.path)))].map(([group, faces]) => [
      group,
      faces.map(({ vector }) => vector),
    ]),
  );

const nameArgument = () =>
  new Argument('<name>', 'name of the person: at most 40 characters in any script').argParser((text) => {
    const { success, data } = personSchema.safeParse(text.normalize('NFC'));
    if (success) return data;
    throw new InvalidArgumentError('Expected at most 40 visible characters, and at most 120 bytes.');
  });

const command = new Command('npm run gallery --').description(
  'Manages the gallery that the part "likeness" of looks compares faces with: people whom you name, each with vectors computed from photos. The photos are not kept.',
);
addTargetOptions(
  command
    .command('add')
    .description('adds photos of a person, each with one face')
    .addArgument(nameArgument())
    .argument('<photos...>', 'photos, and folders of photos'),
).action(add);
addTargetOptions(
  command
    .command('list')
    .description('lists all people, how many photos of each were added, and the size of their vectors')
    .option('--json', 'print JSON lines', false),
).action(list);
addTargetOptions(
  command.command('remove').description('deletes a person and all their vectors').addArgument(nameArgument()),
).action(remove);
command
  .command('evaluate')
  .description('measures on this machine how well likeness tells people apart; changes nothing')
  .argument('<folders...>', 'folders with a folder of photos for each person')
  .option(
    '--strangers <folder>',
    'also photos of strangers, in a folder for each group: measures how alike strangers of the same group are rated',
  )
  .action(evaluate);
await run(command);
