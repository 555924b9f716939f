import { classWords } from '../../../attributes/class-words.ts';

export const glassesWords = classWords({
  name: 'glasses',
  title: { en: 'Glasses', zh: '眼镜' },
  classes: { yes: { en: 'With glasses', zh: '戴眼镜' }, no: { en: 'Without glasses', zh: '不戴眼镜' } },
});
