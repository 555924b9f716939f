import { openAsBlob } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { createClient } from '@facedrop/client';
import sharp from 'sharp';

/**
 * Writes copies of a folder's photos with all their faces blurred. Look at the copies before you publish them: a face
 * that was not found is not blurred.
 * Usage: FACEDROP_URL=… FACEDROP_KEY=… npx node examples/blur-folder.ts FOLDER OUTPUT
 */

const [folder = '.', output = 'blurred'] = process.argv.slice(2);
const { FACEDROP_URL: url = '', FACEDROP_KEY: key = '' } = process.env;
const client = createClient({ url, key });

await mkdir(output, { recursive: true });
for (const file of await readdir(folder)) {
  if (!/\.(jpe?g|png|webp|avif|gif|tiff?)$/i.test(file)) continue;
  const source = path.join(folder, file);
  const { data, error } = await client.POST('/predict', { body: await openAsBlob(source) });
  if (error) {
    console.error(`${file} was left out: ${error.detail}`);
    continue;
  }
  const faces = data.ismankind ? data.faces : [];
  // Boxes are in pixels of the upright photo.
  const photo = await sharp(source).autoOrient().toBuffer({ resolveWithObject: true });
  const blurred = await Promise.all(faces.map(({ box }) => blur(photo.data, widen(box, photo.info))));
  await sharp(photo.data).composite(blurred).toFile(path.join(output, file));
}

type Box = Readonly<Record<'x' | 'y' | 'width' | 'height', number>>;

/** The box with a quarter of its size on each side, as hair and ears also show who it is, within the photo. */
function widen({ x, y, width, height }: Box, photo: { readonly width: number; readonly height: number }) {
  const left = Math.max(0, Math.floor(x - width / 4));
  const top = Math.max(0, Math.floor(y - height / 4));
  return {
    left,
    top,
    width: Math.min(photo.width - left, Math.ceil(width * 1.5)),
    height: Math.min(photo.height - top, Math.ceil(height * 1.5)),
  };
}

/** A face of eight pixels across can no longer be made out. */
async function blur(photo: Buffer, region: ReturnType<typeof widen>) {
  const small = await sharp(photo).extract(region).resize({ width: 8 }).png().toBuffer();
  const input = await sharp(small).resize(region.width, region.height, { fit: 'fill' }).png().toBuffer();
  return { input, left: region.left, top: region.top };
}
