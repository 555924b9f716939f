import { realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import pMap from 'p-map';
import { namesIn } from '../../attributes/wanted.ts';
import type { Photo } from '../../functions/shared/item.ts';
import { annotatedPath, annotatePhoto } from '../annotation.ts';
import { complain, count, EXIT, messageOf, printable, run, say, workingDirectory } from '../command.ts';
import { type FoundFiles, findFiles, type PhotoFile } from '../files.ts';
import { requireOnTarget } from '../own-cards.ts';
import { type Progress, startProgress } from '../progress.ts';
import { addReportOptions, type ReportOptions, reportResults } from '../report.ts';
import { addTargetOptions, connect, type Target, type TargetOptions } from '../target.ts';
import { type Upload, uploadPhotos } from '../uploads.ts';

interface DropOptions extends TargetOptions, ReportOptions {
  readonly prefix: string;
  readonly annotate?: string;
}

async function drop(paths: string[], options: DropOptions): Promise<void> {
  if (options.annotate && !options.wait) {
    throw new Error(
      'Expected to wait for the results, which --annotate draws, but received --no-wait. Leave it out.',
    );
  }
  const copies = options.annotate && resolve(workingDirectory(), options.annotate);
  if (copies && (await stat(copies).catch(() => undefined))?.isDirectory() === false) {
    throw new Error(`Expected a folder for --annotate but "${options.annotate}" is a file.`);
  }
  const found = await findFiles(paths, workingDirectory());
  tellSkipped(found);
  for (const { path, reason } of found.failed) complain(`${printable(path)} was not uploaded: ${reason}`);
  if (found.files.length === 0) throw new Error(`Expected photos but found none in ${paths.join(', ')}.`);

  const target = await connect(options);
  await requireOnTarget(target, options.attributes);
  say(`Dropping ${count(found.files.length, 'photo')} on ${target.description}`);
  const uploads = await upload(target, found.files, options);
  let failures = found.failed.length + found.files.length - uploads.length;
  const { analysed = [], skipped = [] } = Object.groupBy(uploads, ({ key }) =>
    target.stack.skipPrefixes?.some((prefix) => key.startsWith(prefix)) ? 'skipped' : 'analysed',
  );
  if (skipped.length > 0) {
    say(`Uploaded ${count(skipped.length, 'photo')} that the setting skipPrefixes excludes from analysis`);
  }
  if (options.wait) {
    const report = await reportResults(target, analysed, options);
    failures += report.failures;
    if (copies) failures += await annotate(report.photos, uploads, copies);
  } else {
    say(
      `Uploaded ${count(analysed.length, 'photo')}; the results will appear in the table ${target.stack.table}`,
    );
  }
  process.exitCode = failures > 0 ? EXIT.failed : EXIT.done;
}

function tellSkipped({ skipped }: FoundFiles): void {
  for (const [reason, files] of Map.groupBy(skipped, (file) => file.reason)) {
    const names = files.slice(0, 5).map(({ path }) => basename(path));
    const more = files.length > names.length ? ', …' : '';
    say(`Skipped ${count(files.length, 'file')} (${reason}): ${names.map(printable).join(', ')}${more}`);
  }
}

async function upload(
  target: Target,
  files: readonly PhotoFile[],
  { prefix, attributes }: DropOptions,
): Promise<Upload[]> {
  const failed: { file: PhotoFile; error: unknown }[] = [];
  let progress: Progress | undefined;
  const uploads = await uploadPhotos(target, files, {
    prefix,
    wanted: attributes,
    onProgress: ({ files: sent, totalFiles, bytes, totalBytes }) => {
      progress ??= startProgress('Uploading', totalBytes);
      progress.update(bytes, `${sent} of ${count(totalFiles, 'photo')}, ${(bytes / 1e6).toFixed(1)} MB`);
    },
    onFailure: (file, error) => failed.push({ file, error }),
  }).finally(() => progress?.stop());
  for (const { file, error } of failed) complain(`${file.path} was not uploaded: ${messageOf(error)}`);
  return uploads;
}

/** @returns how many copies could not be written */
async function annotate(
  photos: readonly Photo[],
  uploads: readonly Upload[],
  folder: string,
): Promise<number> {
  const byKey = new Map(uploads.map((upload) => [upload.key, upload]));
  const originals = new Set(await Promise.all(uploads.map(({ path }) => realpath(path))));
  let written = 0;
  let failures = 0;
  await pMap(
    photos.filter(({ status, faces = [] }) => status === 'done' && faces.length > 0),
    async (photo) => {
      const source = byKey.get(photo.photo);
      if (!source) return;
      try {
        const copy = annotatedPath(folder, source.name);
        if (originals.has(await realpath(copy).catch(() => copy))) {
          throw new Error(`Expected a copy but "${copy}" is one of the photos. Choose another folder.`);
        }
        await annotatePhoto(source.path, photo, copy);
        written += 1;
      } catch (error) {
        complain(`${source.path} was not annotated: ${messageOf(error)}`);
        failures += 1;
      }
    },
    { concurrency: 2 },
  );
  say(`Wrote ${count(written, 'annotated photo')} into ${folder}`);
  return failures;
}

const command = new Command('npm run drop --')
  .description('Uploads photos, waits for their faces, ages and genders, and prints them.')
  .argument('<paths...>', 'photos, and folders of photos')
  .option('--prefix <folder>', 'folder in the bucket', '')
  .option(
    '--attributes <names>',
    'estimate only these, such as age,quality (default: all that are turned on)',
    namesIn,
  )
  .option('--annotate <folder>', 'write copies of the photos with their faces marked');
addReportOptions(command);
addTargetOptions(command);
await run(command.action(drop));
