import type { Attribute } from '../attribute.ts';
import { classesAttribute } from '../classes.ts';

/** Whether a face's mouth is open: its lips are apart, be it to laugh, to speak or to yawn. */
export const mouth = {
  ...classesAttribute({
    name: 'mouth',
    plural: 'mouths',
    classes: ['closed', 'open'],
    titles: { closed: 'closed mouth', open: 'open mouth' },
    schema: { id: 'MouthClass', description: 'Whether the lips are apart, as in a smile that shows teeth' },
    spellings: { closed: ['shut'], open: ['opened'] },
  }),
  optIn: true,
} as const satisfies Attribute;
