import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { smoke: { type: 'boolean', default: false } } });

/**
 * How much of something a benchmark does: all that its figures take; or, with `--smoke`, just enough to show that it
 * runs, when its figures mean nothing.
 */
export const effort = (full: number, smoke = 1): number => (values.smoke ? smoke : full);

/** All of what there is to measure; with `--smoke` the first of it. */
export const few = <Each>(all: readonly Each[]): readonly Each[] => all.slice(0, effort(all.length));
