import { classWords } from '../class-words.ts';
import type { Words } from '../words.ts';

export const mouthWords = {
  ...classWords({
    name: 'mouth',
    title: { en: 'Mouth', zh: '嘴巴' },
    plural: { en: 'mouths', zh: '嘴巴' },
    meaning: {
      en: 'Open if the lips are apart, as in laughing, speaking or yawning, or in a smile that shows teeth.',
      zh: '双唇分开即为张开：大笑、说话或打哈欠；露齿微笑也算。',
    },
    choice: { en: 'a state of the mouth', zh: '嘴巴状态' },
    classes: { closed: { en: 'Closed', zh: '闭合' }, open: { en: 'Open', zh: '张开' } },
  }),
  optIn: true,
} as const satisfies Words;
