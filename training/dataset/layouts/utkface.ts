import type { LabelledPhoto } from '../label.ts';
import { fileName, isImage, type Layout, mostImages } from './layout.ts';

/** AGE_GENDER_RACE_DATE.jpg, as in "26_1_2_20170116174525125.jpg.chip.jpg" */
const NAME = /^(\d{1,3})_([01])_([0-4])_\d+\./;
const RACES = ['White', 'Black', 'Asian', 'Indian', 'Others'];

/**
 * UTKFace: the file's name says age, gender (0 is male, 1 female) and race. A few of its names lack the race;
 * they are reported as not understood.
 */
export const utkFace: Layout = {
  name: 'UTKFace',
  expected: 'files named AGE_GENDER_RACE_DATE.jpg, as in UTKFace',
  matches: (names) => mostImages(names, NAME),
  read: async (_folder, names, problems) =>
    names.filter(isImage).flatMap((file): LabelledPhoto[] => {
      const [, age, gender, race] = NAME.exec(fileName(file)) ?? [];
      if (age === undefined) {
        problems.add('invalid-value', `${file}: expected a name such as 26_1_2_20170116174525125.jpg`);
        return [];
      }
      return [
        {
          file,
          age: Number(age),
          gender: gender === '0' ? 'M' : 'F',
          groups: { race: RACES[Number(race)] ?? 'Others' },
        },
      ];
    }),
};
