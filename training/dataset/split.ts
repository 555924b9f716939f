import { createHash } from 'node:crypto';
import type { DatasetLabel, Split } from './label.ts';

/** Shares of the faces. */
const VALIDATION = 0.1;
const TEST = 0.1;

/** What decides a face's split: the person where known, else the photo's bytes, so that equal photos fall together. */
interface Splittable extends Pick<DatasetLabel, 'subject' | 'split' | 'fold'> {
  /** Hash of the photo's bytes. */
  readonly hash: string;
}

/** The label's own split if it has one; else 80 % to learn from, 10 % to choose by and 10 % to judge by. */
export function splitOf(face: Splittable): Split {
  if (face.split) return face.split;
  const position = drawnPositionOf('split', face);
  if (position < TEST) return 'test';
  return position < TEST + VALIDATION ? 'validation' : 'train';
}

/** Which of `folds` parts a face belongs to, from 0; the label's own if it has one. */
export function foldOf(face: Splittable, folds: number): number {
  return face.fold === undefined ? Math.floor(drawnPositionOf('fold', face) * folds) : face.fold % folds;
}

/** A fixed number from 0 to 1, 1 excluded, for each person or photo: the same in every run and on every machine. */
export function drawnPositionOf(
  purpose: string,
  { subject, hash }: Pick<Splittable, 'subject' | 'hash'>,
): number {
  const key = subject === undefined ? ['photo', hash] : ['subject', subject];
  return (
    createHash('sha256')
      .update(JSON.stringify([purpose, ...key]))
      .digest()
      .readUInt32BE() /
    2 ** 32
  );
}
