import type { Answer } from '../attribute.ts';
import { type Expression, expressionSchema } from './result.ts';

type Face = { readonly expression: Expression };

/** Clients may do without the probabilities. */
export const answer = {
  fields: {
    expression: expressionSchema
      .extend({ probabilities: expressionSchema.shape.probabilities.optional() })
      .meta({ id: 'Expression', description: 'Only if the deployment turns it on' }),
  },
  probabilities: {
    of: 'all expressions',
    leaveOut: ({ expression: { probabilities: _, ...expression } }: Face) => ({ expression }),
  },
} as const satisfies Answer;
