import type { ModelInfo } from '../../vision/engine.ts';
import type { LearnedAttribute } from '../attribute.ts';
import { named } from '../faces.ts';
import { type NumberReading, numberAttribute, numberReading } from '../number.ts';
import type { OwnNumber } from './definition.ts';
import { numberReader } from './label.ts';
import { type OwnNumberResult, ownResultSchema } from './result.ts';

/** An own attribute that is a number. */
export function ownNumber(definition: OwnNumber) {
  const { name, range } = definition;
  const number = numberAttribute({
    name,
    range,
    labelOf: numberReader(definition),
    saidOf: (said) => said?.[name] as OwnNumberResult | undefined,
  });
  return {
    name,
    fields: named(name, ownResultSchema),
    readings: [numberReading],
    read(output: readonly number[], reading: NumberReading, model: ModelInfo) {
      const result: OwnNumberResult = {
        ...number.read(output, reading),
        range: [range[0], range[1]],
        model,
      };
      return named(name, result);
    },
    learning: number.learning,
    evaluation: { ...number.evaluation, answer: ownResultSchema },
  } as const satisfies LearnedAttribute;
}
