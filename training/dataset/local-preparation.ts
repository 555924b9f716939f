import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildModels } from '../../models/build.ts';
import { type DatasetIndex, indexDataset } from './catalogue.ts';
import { LocalFolder } from './folder.ts';
import { PreparationProcess } from './preparation-process.ts';
import { PREPARATION, PREPARED_FILE, type Prepared, type Shard } from './prepared.ts';
import { DatasetError, describeProblem, type Problem, Problems } from './problem.ts';
import { readShard, writePrepared } from './shards.ts';

export interface LocalPreparationOptions {
  /** Of the data set. */
  readonly name: string;
  /** Processes side by side; default: one for each core. */
  readonly processes?: number;
  readonly signal?: AbortSignal;
  /** Photos done, of all. */
  readonly onProgress?: (photos: number, total: number) => void;
}

export interface LocalPreparation {
  readonly prepared: Prepared;
  readonly index: DatasetIndex;
  /** Those of the index, and those found while preparing. */
  readonly problems: readonly Problem[];
  /** Shards that were there already. */
  readonly reused: number;
}

/**
 * Prepares a data set of a directory into another one, in processes of its own. Shards that were made of the
 * same photos and labels before are kept, so that an interrupted preparation goes on where it was.
 * @throws DatasetError when the data set has errors, or no face is found in it
 */
export async function prepareLocally(
  source: string,
  directory: string,
  { name, processes = availableParallelism(), signal, onProgress }: LocalPreparationOptions,
): Promise<LocalPreparation> {
  const index = await indexDataset(new LocalFolder(source));
  const errors = index.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new DatasetError(errors.map(describeProblem).join('\n'), index.problems);
  await mkdir(directory, { recursive: true });
  await rm(join(directory, PREPARED_FILE), { force: true });
  await removeOthers(directory, new Set(index.batches.map((batch) => batch.name)));

  const shards = new Map<string, Shard>();
  for (const batch of index.batches) {
    const shard = await readShard(directory, batch.name).catch(() => undefined);
    if (shard?.batch === batch.hash && shard.preparation === PREPARATION) shards.set(batch.name, shard);
  }
  const reused = shards.size;
  let photos = 0;
  const finished = (count: number) => {
    photos += count;
    onProgress?.(photos, index.photos.length);
  };
  finished(index.batches.reduce((sum, batch) => sum + (shards.has(batch.name) ? batch.photos.length : 0), 0));
  const left = index.batches.filter((batch) => !shards.has(batch.name));
  const models = await buildModels();
  const work = async () => {
    const worker = new PreparationProcess({ source, directory, models });
    const stop = () => worker.stop();
    signal?.addEventListener('abort', stop);
    try {
      for (let batch = left.shift(); batch; batch = left.shift()) {
        signal?.throwIfAborted();
        await worker.prepare(batch);
        shards.set(batch.name, await readShard(directory, batch.name));
        finished(batch.photos.length);
      }
    } catch (error) {
      // The others need not go on.
      left.length = 0;
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', stop);
      worker.stop();
    }
  };
  await Promise.all(Array.from({ length: Math.min(processes, left.length) }, work));

  const problems = [...index.problems, ...problemsOf([...shards.values()])];
  const faces = [...shards.values()].reduce((sum, shard) => sum + shard.faces.length, 0);
  if (faces === 0) {
    throw new DatasetError(
      `Expected faces in ${source} but found none.\n${problems.map(describeProblem).join('\n')}`,
      problems,
    );
  }
  const prepared: Prepared = {
    name,
    contentHash: index.contentHash,
    shards: index.batches.map((batch) => batch.name),
    faces,
  };
  await writePrepared(directory, prepared);
  return { prepared, index, problems, reused };
}

/** Shards of a set that was divided otherwise. */
async function removeOthers(directory: string, names: ReadonlySet<string>): Promise<void> {
  for (const file of await readdir(directory)) {
    const [, name] = /^(\d+)\.(?:jpegs|json)(?:\.new)?$/.exec(file) ?? [];
    if (name && (!names.has(name) || file.endsWith('.new'))) await rm(join(directory, file));
  }
}

/** What was found wrong with photos while preparing them. */
export function problemsOf(shards: readonly Shard[]): Problem[] {
  const problems = new Problems();
  for (const { faces, rejections } of shards) {
    for (const { file, reason, message } of rejections) {
      problems.add(
        reason === 'missing' ? 'missing-file' : reason,
        reason === 'unreadable' ? `${file}: ${message}` : file,
      );
    }
    for (const { file, box, facesFound } of faces) {
      if (!box && facesFound > 1) problems.add('several-faces', `${file} (${facesFound})`);
    }
  }
  return problems.list();
}
