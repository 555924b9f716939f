import { attributeOf } from '../../attributes/list.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import type { PreparedFace, PreparedSet } from '../dataset/prepared.ts';
import type { Assignment } from '../spec.ts';
import { type Batch, concatRows, cutViews } from './batches.ts';
import { randomFor } from './random.ts';
import { Sampler } from './sampler.ts';
import { targetOf } from './target.ts';
import { CENTRE, type ChipShape, drawView } from './view.ts';

/** Where a training's examples come from. */
export interface Examples {
  /** The batch of a step; steps count from 0. */
  train(step: number): Promise<Batch>;
  /** The validation faces from `start` on, `count` at most. */
  validation(start: number, count: number): Promise<Batch>;
}

/** The faces that a training learns from and those it chooses its weights by. */
export interface Parts {
  readonly train: readonly PreparedFace[];
  readonly validation: readonly PreparedFace[];
}

/** Chips, cut out of the training faces afresh, at random, each time they are seen. */
export function chipExamples(set: PreparedSet, parts: Parts, spec: Assignment, chip: ChipShape): Examples {
  const sampler = samplerOf(parts.train, spec);
  const floatsFor = (faces: readonly PreparedFace[]) => new Float32Array(faces.length * chipBytes(chip));
  return {
    async train(step) {
      const faces = sampler.at(step).map((index) => parts.train[index] as PreparedFace);
      const views = (place: number) => [
        drawView(randomFor(spec.seed, 'view', step, place), spec.augmentation),
      ];
      const inputs = await cutViews(set, faces, chip, views, floatsFor(faces));
      return { count: faces.length, inputs, targets: targetsOf(faces, spec) };
    },
    async validation(start, count) {
      const faces = parts.validation.slice(start, start + count);
      const inputs = await cutViews(set, faces, chip, () => [CENTRE], floatsFor(faces));
      return { count: faces.length, inputs, targets: targetsOf(faces, spec) };
    },
  };
}

/**
 * Features that were calculated once; which view of a face is taken is drawn each time it is seen.
 * @param features of a face in one of its views
 */
export function featureExamples(
  features: (face: PreparedFace, view: number) => Float32Array,
  parts: Parts,
  spec: Assignment,
): Examples {
  const sampler = samplerOf(parts.train, spec);
  return {
    async train(step) {
      const random = randomFor(spec.seed, 'view', step);
      const faces = sampler.at(step).map((index) => parts.train[index] as PreparedFace);
      const rows = faces.map((face) => features(face, Math.floor(random() * spec.views)));
      return { count: faces.length, inputs: concatRows(rows), targets: targetsOf(faces, spec) };
    },
    async validation(start, count) {
      const faces = parts.validation.slice(start, start + count);
      const rows = faces.map((face) => features(face, 0));
      return { count: faces.length, inputs: concatRows(rows), targets: targetsOf(faces, spec) };
    },
  };
}

function samplerOf(faces: readonly PreparedFace[], { seed, batch, balanced, task }: Assignment): Sampler {
  const { learning } = attributeOf(task);
  const classes = faces.map((face) => learning.samplingClassOf(face));
  return new Sampler(faces.length, {
    seed,
    batch,
    ...(balanced > 0 && { balance: { classes, power: balanced } }),
  });
}

const targetsOf = (faces: readonly PreparedFace[], spec: Assignment) =>
  concatRows(faces.map((face) => targetOf(face, spec)));
