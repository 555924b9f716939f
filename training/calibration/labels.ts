import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import { z } from 'zod';

export interface LabelledPhoto {
  readonly path: string;
  /** In years. */
  readonly age: number;
  readonly gender: 'M' | 'F';
  /** A fixed number from 0 to 1 for each file name: splits a set the same way every time. */
  readonly position: number;
}

const rowSchema = z.object({
  file: z.string().min(1),
  age: z.coerce.number().min(0).max(120),
  gender: z.enum(['M', 'F']),
});

/**
 * Reads `labels.csv` of a folder of photos: columns `file`, `age` in years, `gender` M or F.
 * @throws Error naming the line that is not as expected
 */
export async function readCalibrationPhotos(folder: string): Promise<LabelledPhoto[]> {
  const photos: LabelledPhoto[] = [];
  const rows = createReadStream(join(folder, 'labels.csv')).pipe(
    parse({ columns: true, skip_empty_lines: true, bom: true }),
  );
  for await (const row of rows) {
    const parsed = rowSchema.safeParse(row);
    if (!parsed.success) {
      throw new Error(
        `Expected columns file, age, gender in ${folder}/labels.csv line ${photos.length + 2} but received ${JSON.stringify(row)}.\n${z.prettifyError(parsed.error)}`,
      );
    }
    const { file, age, gender } = parsed.data;
    photos.push({ path: join(folder, file), age, gender, position: positionOf(file) });
  }
  return photos;
}

/** A fixed number from 0 to 1, 1 excluded, for each file name. */
export const positionOf = (file: string): number =>
  createHash('sha256').update(file).digest().readUInt32BE() / 2 ** 32;
