import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@aws-lambda-powertools/logger';
import type { S3Client } from '@aws-sdk/client-s3';
import { chipOf } from '../../../networks/catalogue.ts';
import { CORRECTIONS } from '../../../training/dataset/corrections.ts';
import { trainingSpecSchema } from '../../../training/spec.ts';
import { nameFailure, type Progress } from '../../../training/trainer/outcome.ts';
import { train } from '../../../training/trainer/train.ts';
import { StalledError } from '../shared/errors.ts';
import type { TrainAnswer } from '../shared/events.ts';
import { FOLDER } from '../shared/folders.ts';
import { folderOf, openSets } from '../shared/prepared-sets.ts';
import { isOfCorrections, type Training } from '../shared/training.ts';
import type { Trainings } from '../shared/trainings.ts';
import { Mirror } from './mirror.ts';
import { Reporter } from './reporter.ts';

export interface TrainerOptions {
  readonly trainings: Trainings;
  readonly s3: S3Client;
  /** The training bucket. */
  readonly bucket: string;
  readonly logger: Logger;
  /** Whether networks start from permissively licensed weights only. */
  readonly permissive: boolean;
  /** Where faces, features and checkpoints go on this machine. */
  readonly directory: string;
}

export interface TrainLimits {
  /** When the last checkpoint must have been written; without it, whenever the budget ends. */
  readonly deadline?: Date;
  /** What it costs. */
  readonly dollarsPerSecond: number;
}

/** What a training goes on from. */
const CHECKPOINT = /^(?:(?:fold-\d+\/)?checkpoint\.bin|fold-\d+\.json)$/;
/** Milliseconds from one sending of what changed to the next. */
const SAVE_CHECKPOINT = 20_000;
const SAVE_FEATURES = 120_000;

/** Trains from the last checkpoint in the bucket on, and keeps there what comes of it. */
export class Trainer {
  readonly #options: TrainerOptions;

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  /** @throws TrainingError, DatasetError, StalledError when there is no use in trying again */
  async train(id: string, limits: TrainLimits): Promise<TrainAnswer> {
    const { trainings } = this.#options;
    const begun = await trainings.find(id);
    const { side, extent } = chipOf(begun.request.network);
    const training = await trainings.note(begun, { status: 'training', input: { side, extent } });
    if (training.cancelRequestedAt) return { status: 'cancelled' };
    const reporter = new Reporter(trainings, training, limits.dollarsPerSecond);
    try {
      return await this.#train(training, reporter, limits);
    } catch (error) {
      throw nameFailure(error);
    } finally {
      reporter.close();
    }
  }

  async #train(training: Training, reporter: Reporter, { deadline }: TrainLimits): Promise<TrainAnswer> {
    const { s3, bucket, directory, permissive } = this.#options;
    const { id, prepared = [], reference, request } = training;
    await this.#tidy(training);
    const { minimumQuality } = trainingSpecSchema.parse(request);
    const set = await openSets(s3, bucket, { prepared, reference, minimumQuality }, directory);
    const mirror = (folder: string, prefix: string) =>
      new Mirror(s3, { directory: path.join(directory, folder), bucket, prefix });
    const files = mirror(id, `${FOLDER.trainings}${id}/`);
    const fleeting = isOfCorrections(training);
    const shelf = fleeting ? `${FOLDER.features}${CORRECTIONS}/` : FOLDER.features;
    const features = mirror('features', `${shelf}${set.contentHash}/`);
    const saving = [
      setInterval(() => this.#saveMeanwhile(files), SAVE_CHECKPOINT),
      setInterval(() => this.#saveMeanwhile(features), SAVE_FEATURES),
    ];
    try {
      await files.restore(CHECKPOINT);
      await features.clear();
      const budgetEnds = new Date(Date.now() + reporter.secondsLeft * 1000);
      const ends = deadline && deadline < budgetEnds ? deadline : budgetEnds;
      const outcome = await train(trainingSpecSchema.parse(request), set, files.directory, {
        signal: reporter.signal,
        deadline: ends,
        permissive,
        pictures: !fleeting,
        cache: { directory: features.directory, fetch: (name) => features.fetch(name) },
        onProgress: (progress) => {
          this.#report(reporter, progress);
          if (progress.phase === 'features' && progress.step === progress.steps)
            this.#saveMeanwhile(features);
        },
      });
      await files.save();
      await features.save();
      await reporter.stop();
      const isSpent = outcome.status === 'continue' && ends === budgetEnds;
      if (isSpent) return { status: 'over-budget' };
      if (outcome.status === 'continue') await this.#noteReached(training, reporter.placeOf(outcome.step));
      return { status: outcome.status };
    } finally {
      for (const timer of saving) clearInterval(timer);
      await set.close();
    }
  }

  /** @throws StalledError when it was there already */
  async #noteReached(training: Training, reached: string): Promise<void> {
    if (training.reached === reached) throw new StalledError(reached);
    await this.#options.trainings.note(training, { reached });
  }

  /** Where it runs may have worked on another training before. */
  async #tidy({ id, prepared = [], reference }: Training): Promise<void> {
    const { directory } = this.#options;
    const sets = reference === undefined ? prepared : [...prepared, reference];
    const kept = new Set([id, ...sets.map(folderOf)]);
    for (const name of await readdir(directory).catch(() => [])) {
      if (!kept.has(name)) await rm(path.join(directory, name), { recursive: true, force: true });
    }
  }

  #report(reporter: Reporter, progress: Progress): void {
    reporter.report(progress);
    const { estimatedEnd: _, ...facts } = progress;
    this.#options.logger.info('Progress', facts);
  }

  /** What can't be sent now is sent the next time, or in the end. */
  #saveMeanwhile(files: Mirror): void {
    files.save().catch((error: unknown) => {
      this.#options.logger.warn('Could not save', error instanceof Error ? error : String(error));
    });
  }
}
