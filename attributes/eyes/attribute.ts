import type { Attribute } from '../attribute.ts';
import { classesAttribute } from '../classes.ts';

/** Whether a face's eyes are open. They are closed where no one could see an iris, as with eyes that look far down. */
export const eyes = {
  ...classesAttribute({
    name: 'eyes',
    plural: 'eyes',
    classes: ['open', 'closed'],
    titles: { open: 'open eyes', closed: 'closed eyes' },
    schema: { id: 'EyesClass', description: 'Whether the eyes are open' },
    spellings: { open: ['opened'], closed: ['shut'] },
  }),
  optIn: true,
} as const satisfies Attribute;
