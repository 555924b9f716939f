import { openAsBlob } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@facedrop/client';
import { stringify } from 'csv-stringify/sync';

/**
 * Writes a CSV file with a line for each face in a folder's photos. Nothing of them is stored.
 * Usage: FACEDROP_URL=… FACEDROP_KEY=… npx node examples/label-folder.ts FOLDER faces.csv
 */

const [folder = '.', output = 'faces.csv'] = process.argv.slice(2);
const { FACEDROP_URL: url = '', FACEDROP_KEY: key = '' } = process.env;
const client = createClient({ url, key });

const rows: unknown[][] = [['file', 'face', 'age', 'low', 'high', 'gender', 'score']];
for (const file of (await readdir(folder)).toSorted()) {
  if (!/\.(jpe?g|png|webp|avif|gif|tiff?)$/i.test(file)) continue;
  const { data, error } = await client.POST('/predict', {
    body: await openAsBlob(path.join(folder, file)),
    params: { query: { attributes: 'age,gender', landmarks: false, probabilities: false } },
  });
  if (error) console.error(`${file}: ${error.detail}`);
  if (!data?.ismankind) continue;
  for (const [index, { age, gender, score }] of data.faces.entries()) {
    rows.push([file, index + 1, age?.years, age?.low, age?.high, gender?.gender, score]);
  }
}
// Names of files are anybody's: none may become a formula in a spreadsheet.
await writeFile(output, stringify(rows, { escape_formulas: true }));
