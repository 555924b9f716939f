import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { taskNameSchema } from '../../../models/card.ts';
import { CORRECTIONS } from '../../../training/dataset/corrections.ts';
import { trainingRequestSchema } from '../../../training/spec.ts';
import { type Budget, budgetSchema, budgetWithin } from './budget.ts';

/** The item of a training in the table of trainings, and the lock of a task that is being trained. */

/** Names a data set: a folder of the training bucket. */
export const dataNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'at most 63 letters, digits, dots, hyphens and underscores');

/** What starts a training: the data set, and what the trainer is asked to do. */
export const startSchema = trainingRequestSchema.safeExtend({
  /** One data set, or several that are learned from together. */
  data: z.union(
    [
      dataNameSchema,
      z
        .array(dataNameSchema)
        .min(1)
        .max(10)
        // Twice learned from, a set would also be judged by twice.
        .overwrite((names) => [...new Set(names)]),
    ],
    { error: 'the name of a data set, or a list of names' },
  ),
  budget: budgetSchema.partial().optional(),
});
export type Start = z.input<typeof startSchema>;

/** Work goes on in the first ones; the others are how it ended. */
export const STATUSES = [
  'preparing',
  'training',
  'judging',
  'done',
  'cancelled',
  'over-budget',
  'failed',
  'skipped',
] as const;
const statusSchema = z.enum(STATUSES);
export type Status = z.infer<typeof statusSchema>;

const ACTIVE: ReadonlySet<Status> = new Set(['preparing', 'training', 'judging']);
export const isActive = ({ status }: Pick<Training, 'status'>): boolean => ACTIVE.has(status);

export const progressSchema = z.object({
  phase: z.enum(['features', 'training', 'export']),
  /** Which fold of a cross-validation is trained, from 1; absent in the training proper. */
  fold: z.int().optional(),
  /** Steps done; in phase `features` faces done. */
  step: z.int(),
  steps: z.int(),
  /** Loss of the last batch: mean cross entropy + λ Σ L2. */
  loss: z.number().optional(),
  /** Its exponential moving average (0.9). */
  smoothed: z.number().optional(),
  examplesPerSecond: z.number(),
  /** When all steps will be done, unless it ends early. */
  estimatedEnd: z.iso.datetime(),
});

/** A point of the learning curve. */
export const pointSchema = z.object({
  step: z.int(),
  /** Smoothed training loss. */
  loss: z.number().optional(),
  /** Validation loss, without the L2 term. */
  validation: z.number().optional(),
});
export type Point = z.infer<typeof pointSchema>;

/** What came of it. */
export const resultSchema = z.object({
  /** Version in the registry. */
  version: z.string(),
  /** Whether it went live. */
  promoted: z.boolean(),
  /** Why it did, or did not. */
  why: z.string(),
  /** Key of the report, as a page. */
  report: z.string(),
});
export type Result = z.infer<typeof resultSchema>;

export const trainingFailureSchema = z.object({ code: z.string(), message: z.string() });
export type TrainingFailure = z.infer<typeof trainingFailureSchema>;

export const trainingSchema = z.object({
  kind: z.literal('training'),
  /** Also the name of the state machine's execution. */
  id: z.string(),
  task: taskNameSchema,
  /** Names of the data sets. */
  data: z.array(dataNameSchema),
  /** All that the trainer is asked to do, as it was asked. */
  request: trainingRequestSchema,
  budget: budgetSchema,
  /** ARN of the execution. */
  execution: z.string(),
  status: statusSchema,
  createdAt: z.iso.datetime(),
  /** When it last gave a sign of life. */
  updatedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  cancelRequestedAt: z.iso.datetime().optional(),
  /** Where the data sets' prepared faces lie in the training bucket: prefixes. */
  prepared: z.array(z.string()).optional(),
  /** The same of the set that alone judges it; absent when the data sets do. */
  reference: z.string().optional(),
  /** How many faces there are to learn from, to choose by and to judge by. */
  faces: z.record(z.string(), z.int()).optional(),
  /** What is wrong in the data set and did not keep it from being used. */
  warnings: z.array(z.string()).optional(),
  /** What the network takes (see the card of a model). */
  input: z.object({ side: z.int(), extent: z.number() }).optional(),
  /** How a job of AWS Batch ended, which has no other way to say so. */
  outcome: z.enum(['finished', 'cancelled', 'over-budget']).optional(),
  progress: progressSchema.optional(),
  /** Where its last checkpoint stood when a function's time was up, in words: one that stays there makes no progress. */
  reached: z.string().optional(),
  curve: z.array(pointSchema).optional(),
  /** Seconds of training so far, and what they cost in US dollars. */
  used: z.object({ seconds: z.number(), dollars: z.number() }).optional(),
  result: resultSchema.optional(),
  failure: trainingFailureSchema.optional(),
  /** Days that the item is kept once it has ended; absent where trainings are kept. */
  keepDays: z.int().optional(),
  /** Epoch seconds after which the item may be deleted; absent until it has ended. */
  expiresAt: z.int().optional(),
});
export type Training = z.infer<typeof trainingSchema>;

/**
 * Whether it learns from corrections: whoever had one kept may have it erased, so that what shows or describes the face
 * must not last.
 */
export const isOfCorrections = ({ data }: Pick<Training, 'data'>): boolean => data.includes(CORRECTIONS);

/** The index that lists trainings by when they were started. */
export const TIME_INDEX = 'by-time';

/** While it holds, no other training of the task begins. */
export const lockSchema = z.object({
  kind: z.literal('lock'),
  /** The task. */
  id: taskNameSchema,
  /** Id of the training. */
  holder: z.string(),
  /** Longer than any step of a training goes without a sign of life: the lock of one that is dead frees itself. */
  heldUntil: z.iso.datetime(),
});

/** "age-20260131-120000-3f9c" */
export function createTrainingId(task: string, now = new Date()): string {
  const time = now
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replaceAll(/[-:]/g, '')
    .replace('T', '-');
  return `${task}-${time}-${randomBytes(2).toString('hex')}`;
}

/** What ids look like; those of scheduled trainings are made by EventBridge. */
export const TRAINING_ID = /^[A-Za-z0-9_-]{1,80}$/;

export interface DraftOptions {
  readonly id: string;
  /** ARN of the execution. */
  readonly execution: string;
  readonly start: z.output<typeof startSchema>;
  /** The most that a training may take. */
  readonly maximum: Budget;
}

/**
 * The item of a training that begins.
 * @throws BudgetError when it is to take more than it may
 */
export function draftOf({ id, execution, start, maximum }: DraftOptions) {
  const { data: names, budget = {}, ...request } = start;
  const data = [names].flat();
  return {
    id,
    execution,
    task: request.task,
    data,
    request: trainingRequestSchema.parse(request),
    budget: budgetWithin(maximum, budget, isOfCorrections({ data })),
    status: 'preparing' as const,
  };
}

/** US dollars for a GB-second of Lambda on x86_64, the list price in us-east-1. Entered by hand: check it. */
const DOLLARS_PER_GB_SECOND = 0.0000166667;

/** What a second of a Lambda function with this many MB costs, in US dollars. */
export const priceOf = (megabytes: number): number => (megabytes / 1024) * DOLLARS_PER_GB_SECOND;

/** Points of a curve that are kept. */
const MOST_POINTS = 100;

/**
 * Adds to a curve. What was beyond the point is taken back: an interrupted training goes on from before it. A curve
 * that grows too long keeps every second point, of validations only where they are too many themselves.
 */
export function extendCurve(curve: readonly Point[], point: Point): Point[] {
  const same = curve.find(({ step }) => step === point.step);
  const extended = [...curve.filter(({ step }) => step < point.step), { ...same, ...point }];
  if (extended.length <= MOST_POINTS) return extended;
  const thinned = extended.filter(({ validation }, i) => validation !== undefined || i % 2 === 1);
  return thinned.length <= MOST_POINTS ? thinned : thinned.filter((_, i) => i % 2 === 1);
}
