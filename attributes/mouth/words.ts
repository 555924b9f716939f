import { classWords } from '../class-words.ts';
import type { Words } from '../words.ts';

export const mouthWords = {
  ...classWords({
    name: 'mouth',
    title: { en: 'Mouth', zh: '嘴巴' },
    classes: { closed: { en: 'Closed', zh: '闭合' }, open: { en: 'Open', zh: '张开' } },
  }),
  optIn: true,
} as const satisfies Words;
