import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { parseAge } from '../../../attributes/age/label.ts';
import { gender as genders } from '../../../attributes/gender/attribute.ts';
import type { LabelledPhoto } from '../label.ts';
import { DatasetError } from '../problem.ts';
import { fileName, folderName, type Layout } from './layout.ts';

/** "fold_frontal_0_data.txt" lists a part of the same photos. */
const FOLD_FILE = /^fold_(\d+)_data\.txt$/;

const rowSchema = z.object({
  user_id: z.string().min(1),
  original_image: z.string().min(1),
  face_id: z.string(),
  age: z.string(),
  gender: z.string(),
});

/** Where a face's photo may be, by the set's own two ways of cutting it. */
const PLACES = [
  { folder: 'aligned', prefix: 'landmark_aligned_face' },
  { folder: 'faces', prefix: 'coarse_tilt_aligned_face' },
] as const;

/**
 * Adience: `fold_N_data.txt`, tab-separated, and photos in `aligned/USER/` or `faces/USER/`. Ages are ranges
 * such as "(25, 32)", in places single years; user_id names the person's album; the number of the file is the
 * fold of the set's five-fold cross validation.
 */
export const adience: Layout = {
  name: 'Adience',
  expected: 'fold_0_data.txt to fold_4_data.txt, as in Adience',
  matches: (names) => names.some((name) => FOLD_FILE.test(fileName(name))),
  read: async (folder, names, problems) => {
    const photos: LabelledPhoto[] = [];
    // The text files may lie beside the photos' folders or in one of their own.
    const places = new Map(names.map((name) => [name.split('/').slice(-3).join('/'), name]));
    for (const file of names.filter((name) => FOLD_FILE.test(fileName(name)))) {
      const fold = Number(FOLD_FILE.exec(fileName(file))?.[1]);
      const rows: unknown[] = parse(Buffer.from(await folder.read(file)), {
        columns: true,
        delimiter: '\t',
        bom: true,
        trim: true,
        skipEmptyLines: true,
        relaxColumnCount: true,
        quote: null,
      });
      for (const [index, row] of rows.entries()) {
        const parsed = rowSchema.safeParse(row);
        if (!parsed.success) {
          throw new DatasetError(
            `Expected tab-separated columns user_id, original_image, face_id, age, gender in ${file} of ${folder.description}, line ${index + 2}, but received ${Object.keys(row as object).join(', ')}.`,
          );
        }
        const { user_id: user, original_image: image, face_id: face, ...label } = parsed.data;
        const wanted = PLACES.map((place) => `${place.folder}/${user}/${place.prefix}.${face}.${image}`);
        const known = label.age !== 'None' && label.age !== '';
        const age = known ? parseAge(label.age) : {};
        if (!age) {
          problems.add(
            'invalid-value',
            `${file}, line ${index + 2}: expected an age but received "${label.age}"`,
          );
          continue;
        }
        photos.push({
          file: wanted.map((name) => places.get(name)).find(Boolean) ?? folderName(file) + wanted[0],
          ...age,
          ...genders.label.parse(label.gender),
          subject: user,
          fold,
          groups: {},
        });
      }
    }
    return photos;
  },
};
