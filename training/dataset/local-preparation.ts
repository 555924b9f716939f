import { mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildModels } from '../../models/build/build.ts';
import { assertUsable, type DatasetIndex } from './catalogue.ts';
import { type Conclusion, concludePreparation, isOf } from './conclusion.ts';
import type { LocalFolder } from './folder.ts';
import { PreparationProcess } from './preparation-process.ts';
import { PREPARED_FILE, type Shard } from './prepared.ts';
import { readShard, writePrepared } from './shards.ts';

export interface LocalPreparationOptions {
  /** Name of the data set. */
  readonly name: string;
  /** Faces of a lower quality are named among the problems, 0 to 100. */
  readonly minimumQuality?: number;
  /** Processes side by side; default: one for each core. */
  readonly processes?: number;
  readonly signal?: AbortSignal;
  /** Photos done, of all. */
  readonly onProgress?: (photos: number, total: number) => void;
}

/**
 * Prepares a data set of a directory into another one, in processes of its own. Shards that were made of the
 * same photos and labels before are kept, so that an interrupted preparation continues where it stopped.
 * @param index of the folder
 * @throws DatasetError when the data set has errors, or no face is found in it
 */
export async function prepareLocally(
  folder: LocalFolder,
  index: DatasetIndex,
  directory: string,
  { name, minimumQuality, processes = availableParallelism(), signal, onProgress }: LocalPreparationOptions,
): Promise<Conclusion> {
  assertUsable(index);
  await mkdir(directory, { recursive: true });
  await rm(join(directory, PREPARED_FILE), { force: true });
  await removeOthers(directory, new Set(index.batches.map((batch) => batch.name)));

  const shards = new Map<string, Shard>();
  for (const batch of index.batches) {
    const shard = await readShard(directory, batch.name).catch(() => undefined);
    if (shard && isOf(shard, batch)) shards.set(batch.name, shard);
  }
  let photos = 0;
  const finished = (count: number) => {
    photos += count;
    onProgress?.(photos, index.photos.length);
  };
  finished(index.batches.reduce((sum, batch) => sum + (shards.has(batch.name) ? batch.photos.length : 0), 0));
  const left = index.batches.filter((batch) => !shards.has(batch.name));
  const models = await buildModels();
  const work = async () => {
    const worker = new PreparationProcess({ source: folder.path, directory, models });
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

  const inOrder = index.batches.flatMap((batch) => {
    const shard = shards.get(batch.name);
    return shard ? [[batch.name, shard] as const] : [];
  });
  const conclusion = concludePreparation({ ...index, name }, inOrder, minimumQuality);
  await writePrepared(directory, conclusion.prepared);
  return conclusion;
}

/** Shards of a set that was divided otherwise. */
async function removeOthers(directory: string, names: ReadonlySet<string>): Promise<void> {
  for (const file of await readdir(directory)) {
    const [, name] = /^(\d+)\.(?:jpegs|json)(?:\.new)?$/.exec(file) ?? [];
    if (name && (!names.has(name) || file.endsWith('.new'))) await rm(join(directory, file));
  }
}
