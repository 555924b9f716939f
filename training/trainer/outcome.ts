import { z } from 'zod';
import { CodedError } from '../../support/coded-error.ts';

/** How a network does on the validation faces. */
export const validationSchema = z.object({
  step: z.int(),
  /** Mean cross entropy, without the L2 term. */
  loss: z.number(),
  /** Share of faces whose most probable class is the labelled one. */
  exact: z.number(),
  /** Share of faces at most one class off; of classes without an order the same as `exact`. */
  oneOff: z.number(),
  /** Mean absolute error in the attribute's unit; only where a number is learned. */
  meanAbsoluteError: z.number().exactOptional(),
});
export type Validation = Readonly<z.infer<typeof validationSchema>>;

/** How a training went; `history.json`. */
export const historySchema = z.object({
  /** One entry each ten steps. `loss` includes L2; `smoothed` is its exponential moving average (0.9). */
  steps: z
    .array(z.object({ step: z.int(), loss: z.number(), smoothed: z.number(), learningRate: z.number() }))
    .readonly(),
  validations: z.array(validationSchema).readonly(),
  /** Cross-validation, if it was asked for: the best validation of each fold. */
  folds: z.array(validationSchema).readonly().exactOptional(),
});
export type History = Readonly<z.infer<typeof historySchema>>;

export interface Progress {
  readonly phase: 'features' | 'training' | 'export';
  /** Which fold of a cross-validation is trained, from 1; absent in the training proper. */
  readonly fold?: number;
  /** Steps done; in phase `features` faces done. */
  readonly step: number;
  readonly steps: number;
  /** Mean cross entropy + λ Σ L2 of the last batch, and its exponential moving average (0.9). */
  readonly loss?: number;
  readonly smoothed?: number;
  readonly examplesPerSecond: number;
  readonly secondsPerBatch: number;
  /** When all steps will be done, if it goes on like this and doesn't stop early. */
  readonly estimatedEnd: Date;
  /** The latest validation. */
  readonly validation?: Validation;
}

/** Where features are kept. */
export interface FeatureCache {
  readonly directory: string;
  /** Brings a file into the directory that is kept elsewhere, if it is. */
  fetch?(name: string): Promise<void>;
}

/** What a training's control gives it and hears from it. */
export interface Control {
  /** Aborted to cancel: the training writes a checkpoint and returns. */
  readonly signal?: AbortSignal;
  /** The training writes a checkpoint and returns in time before this. */
  readonly deadline?: Date;
  /** For features, which other trainings on the same set can use, too; the training's own folder if left out. */
  readonly cache?: FeatureCache;
  /** Whether TensorBoard's files show some of the faces; they do when left out. */
  readonly pictures?: boolean;
  /** As of `BuildOptions`. */
  readonly weights?: string;
  readonly permissive?: boolean;
  /** Called each ten steps, after each validation, and while features are calculated. */
  readonly onProgress?: (progress: Progress) => void;
}

export type Outcome =
  /** All is done; the products lie in the directory. */
  | {
      readonly status: 'finished';
      readonly step: number;
      /** The validation of the weights that were kept. */
      readonly best: Validation;
      readonly stoppedEarly: boolean;
    }
  /** The deadline came, or it was cancelled: a checkpoint is there, and another call goes on from it. */
  | { readonly status: 'continue' | 'cancelled'; readonly step: number };

export type TrainingErrorCode =
  | 'empty-set'
  | 'one-class'
  | 'unusable-labels'
  | 'corrupt-shard'
  | 'set-vanished'
  | 'disk-full'
  | 'out-of-memory'
  | 'diverged'
  | 'other-training'
  | 'wrong-network';

/** A training that can't go on, with a sentence for whoever started it. Trying again as it is doesn't help. */
export class TrainingError extends CodedError<TrainingErrorCode> {
  override readonly name = 'TrainingError';
}

/** Names what a full disk and a full memory look like; other errors stay as they are. */
export function nameFailure(error: unknown): unknown {
  if (error instanceof TrainingError || !(error instanceof Error)) return error;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) {
    return new TrainingError(
      'disk-full',
      'Expected disk space for checkpoints and features but the disk is full; free some, or train on fewer photos, and start again.',
      { cause: error },
    );
  }
  if (
    /\bOOM\b|ResourceExhausted|RESOURCE_EXHAUSTED|Array buffer allocation failed|bad_alloc/.test(
      error.message,
    )
  ) {
    return new TrainingError(
      'out-of-memory',
      'Expected enough memory for a step but there is too little; train with a smaller batch or a smaller network.',
      { cause: error },
    );
  }
  return error;
}
