import { sum } from 'd3-array';
import * as z from 'zod';
import type { VoteColumns } from '../label.ts';
import { EXPRESSIONS } from './result.ts';

const fields = {
  expression: z.enum(EXPRESSIONS).optional(),
  /** How many of those who looked at the face chose each expression, in the order of `EXPRESSIONS`; one at least. */
  expressionVotes: z.array(z.number().min(0)).length(EXPRESSIONS.length).optional(),
};
/** What a label says of an expression. */
export type ExpressionLabel = Readonly<z.infer<z.ZodObject<typeof fields>>>;
export const expressionFields = fields;

/**
 * A label of votes: the expression that most chose, if that is at least half of all who looked.
 * @param voters all who looked, those included who chose none of them
 */
export function labelOfVotes(expressionVotes: number[], voters = sum(expressionVotes)): ExpressionLabel {
  const most = Math.max(...expressionVotes);
  const isDecided = most > 0 && 2 * most >= voters;
  return { expressionVotes, expression: isDecided ? EXPRESSIONS[expressionVotes.indexOf(most)] : undefined };
}

/** More people than ever looked at a face: their sum, too, is a number. */
const MOST_VOTES = 1_000_000_000;

export const areVotes = (numbers: readonly number[]): boolean =>
  numbers.every((each) => each >= 0 && each <= MOST_VOTES);

/** Columns of labels.csv with the votes, as in "votes_happiness". */
export const votes = {
  columns: EXPRESSIONS.map((each) => `votes_${each}`),
  expected: 'numbers of votes from 0',
  parse(cells: readonly string[]): ExpressionLabel | undefined {
    if (cells.every((cell) => cell === '')) return {};
    const expressionVotes = cells.map(Number);
    if (!areVotes(expressionVotes)) return undefined;
    return sum(expressionVotes) > 0 ? labelOfVotes(expressionVotes) : {};
  },
  add({ expressionVotes: one }: ExpressionLabel, { expressionVotes: other }: ExpressionLabel) {
    return one && other && labelOfVotes(one.map((count, index) => count + (other[index] ?? 0)));
  },
  format: ({ expressionVotes }: ExpressionLabel) => expressionVotes ?? EXPRESSIONS.map(() => undefined),
} as const satisfies VoteColumns;
