import type { LearnedAttribute } from '../attribute.ts';
import { numberMeasures, numberReading } from '../number.ts';
import { classesMeasures, classesReading, ownClasses } from './classes.ts';
import type { OwnDefinition } from './definition.ts';
import { ownNumber } from './number.ts';

/** Everything that trainings, models and reports need of an attribute that people defined by labelling it. */
export const ownAttribute = (definition: OwnDefinition): LearnedAttribute =>
  definition.kind === 'number' ? ownNumber(definition) : ownClasses(definition);

/** How a model's card may say that its output is read, by the kind of attribute, which `output` names. */
export const OWN_READINGS = [classesReading, numberReading] as const;

export const OWN_MEASURES = { ...classesMeasures, ...numberMeasures };
