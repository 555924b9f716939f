import { classWords } from '../class-words.ts';
import type { Words } from '../words.ts';

export const mouthWords = {
  ...classWords({
    name: 'mouth',
    title: { en: 'Mouth', zh: '嘴巴' },
    plural: { en: 'mouths', zh: '嘴巴' },
    choice: { en: 'a state of the mouth', zh: '嘴巴状态' },
    classes: { closed: { en: 'Closed', zh: '闭合' }, open: { en: 'Open', zh: '张开' } },
  }),
  optIn: true,
} as const satisfies Words;
