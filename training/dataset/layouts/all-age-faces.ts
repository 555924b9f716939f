import type { LabelledPhoto } from '../label.ts';
import { fileName, folderName, isImage, type Layout, mostImages } from './layout.ts';

/** Serial number and age, as in "07381A34.jpg" */
const NAME = /^(\d{5})A(\d{2,3})\./;
/** Persons with a lower serial number are women, the others men. */
const FIRST_MAN = 7381;

/**
 * All-Age-Faces: the file's name has the person's serial number and the age. The set comes
 * with its photos twice, as they are and aligned; those as they are serve.
 */
export const allAgeFaces: Layout = {
  name: 'All-Age-Faces',
  expected: 'files named NUMBERAAGE.jpg ("07381A34.jpg"), as in All-Age-Faces',
  matches: (names) => mostImages(names, NAME),
  read: async (_folder, names, problems) => {
    const images = names.filter(isImage);
    const originals = images.filter((file) => /original/i.test(folderName(file)));
    return (originals.length > 0 ? originals : images).flatMap((file): LabelledPhoto[] => {
      const [, serial, age] = NAME.exec(fileName(file)) ?? [];
      if (serial === undefined) {
        problems.add('invalid-value', `${file}: expected a name such as 07381A34.jpg`);
        return [];
      }
      const gender = Number(serial) < FIRST_MAN ? 'F' : 'M';
      return [{ file, age: Number(age), gender, subject: serial, groups: {} }];
    });
  },
};
