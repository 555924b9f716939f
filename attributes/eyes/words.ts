import { classWords } from '../class-words.ts';
import type { Words } from '../words.ts';

export const eyesWords = {
  ...classWords({
    name: 'eyes',
    title: { en: 'Eyes', zh: '眼睛' },
    meaning: {
      en: 'Closed if no iris can be seen, as when someone looks far down.',
      zh: '看不到虹膜即为闭上，例如目光明显向下时。',
    },
    choice: { en: 'a state of the eyes', zh: '眼睛状态' },
    classes: { open: { en: 'Open', zh: '睁开' }, closed: { en: 'Closed', zh: '闭上' } },
  }),
  optIn: true,
} as const satisfies Words;
