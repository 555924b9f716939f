import * as z from 'zod';
import { real } from '../../support/real.ts';
import { numberOf } from '../cell.ts';
import type { AttributeLabel } from '../label.ts';
import { RATING } from './result.ts';

export const ratingSchema = real(RATING.least, RATING.most);

const fields = {
  /** The mean of what people said, from 1 to 5. */
  looks: z.number().optional(),
};
/** What a label says of looks: a rating. */
export type LooksLabel = Readonly<z.infer<z.ZodObject<typeof fields>>>;

export const looksLabel = {
  fields,
  expected: 'a rating from 1 to 5',
  problems: { 'rating-out-of-range': 'ratings out of range' },
  parse(text: string): LooksLabel | undefined {
    const looks = numberOf(text);
    return looks === undefined ? undefined : { looks };
  },
  format: ({ looks }: LooksLabel) => looks,
  correct: (looks: number): LooksLabel => ({ looks }),
  complain({ looks = RATING.least }: LooksLabel) {
    if (looks >= RATING.least && looks <= RATING.most) return undefined;
    return {
      kind: 'rating-out-of-range' as const,
      reason: `${looks}; expected ${RATING.least} to ${RATING.most}`,
    };
  },
  describe: ({ looks }: LooksLabel) => (looks === undefined ? undefined : String(looks)),
  findOneClass(labels: readonly LooksLabel[]) {
    const [first, ...others] = new Set(labels.flatMap(({ looks }) => looks ?? []));
    return first !== undefined && others.length === 0 ? `all looks are ${first}` : undefined;
  },
} as const satisfies AttributeLabel;
