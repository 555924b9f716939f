import { classWords } from '../class-words.ts';

export const genderWords = classWords({
  name: 'gender',
  title: { en: 'Gender', zh: '性别' },
  classes: {
    F: { en: 'Female', zh: '女' },
    M: { en: 'Male', zh: '男' },
  },
  plural: { en: 'genders', zh: '性别' },
  choice: { en: 'a gender', zh: '性别' },
  mark: (gender) => gender,
});
