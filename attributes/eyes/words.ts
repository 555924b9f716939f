import { classWords } from '../class-words.ts';
import type { Words } from '../words.ts';

export const eyesWords = {
  ...classWords({
    name: 'eyes',
    title: { en: 'Eyes', zh: '眼睛' },
    classes: { open: { en: 'Open', zh: '睁开' }, closed: { en: 'Closed', zh: '闭上' } },
  }),
  optIn: true,
} as const satisfies Words;
