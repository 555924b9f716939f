import * as z from 'zod';
import { classAnswer } from '../../attributes/class-answer.ts';
import { classWords } from '../../attributes/class-words.ts';
import * as list from '../../attributes/list.ts';
import { modelSchema } from '../../vision/face.ts';

/** The list with one more attribute, which tells whether a face wears glasses. */

export * from '../../attributes/list.ts';

const classSchema = z.enum(['yes', 'no']);

const glasses = {
  name: 'glasses',
  fields: {
    glasses: z
      .object({ glasses: classSchema, confidence: z.number().min(0.5).max(1), model: modelSchema })
      .meta({ id: 'Glasses' }),
  },
  correction: classSchema,
  answer: classAnswer('glasses', classSchema),
} as const;

const glassesWords = classWords({
  name: 'glasses',
  title: { en: 'Glasses', zh: '眼镜' },
  classes: { yes: { en: 'With glasses', zh: '戴眼镜' }, no: { en: 'Without glasses', zh: '不戴眼镜' } },
});

export const ATTRIBUTES = [...list.ATTRIBUTES, glasses];
export const WORDS = [...list.WORDS, glassesWords];
export const ATTRIBUTE_NAMES = ATTRIBUTES.map(({ name }) => name);
