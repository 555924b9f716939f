import { mkdir, readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FormatEnum } from 'sharp';
import { drawn } from '../attributes/drawing.ts';
import type { Photo } from '../functions/shared/item.ts';
import { annotate } from '../vision/annotation.ts';
import { PhotoFile } from '../vision/photo.ts';

/** Comes with the project, as a machine without a screen may have no font at all. */
const FONT = fileURLToPath(
  import.meta.resolve('@expo-google-fonts/pt-sans-narrow/700Bold/PTSansNarrow_700Bold.ttf'),
);

/** Good enough to look at, and quick: their encoders' own settings take seconds for AVIF and GIF. */
const ENCODING: Readonly<Record<string, object>> = {
  JPEG: { quality: 92 },
  WebP: { quality: 90 },
  AVIF: { quality: 75, effort: 1 },
  GIF: { effort: 2 },
};

/**
 * Writes a copy of a photo, upright, with a box around each face and the estimates beside it:
 * "34 (28–41) F 97 %". The copy has the photo's own format; of an animation it has the first frame, and of a
 * transparent photo what was analysed: white behind it.
 * @param source the photo's file
 * @param destination see `annotatedPath`; folders on the way are made
 */
export async function annotatePhoto(source: string, photo: Photo, destination: string): Promise<void> {
  const file = await PhotoFile.open(await readFile(source));
  const { overlays, ...size } = await annotate((photo.faces ?? []).map(drawn), file, FONT);
  await mkdir(dirname(destination), { recursive: true });
  await file.decode((upright) =>
    upright
      .resize({ ...size, fit: 'fill' })
      .composite(overlays)
      .toFormat(file.format.toLowerCase() as keyof FormatEnum, ENCODING[file.format] ?? {})
      .toFile(destination),
  );
}

/** Where a photo's annotated copy goes: "holiday/beach.jpg" to "<folder>/holiday/beach-faces.jpg". */
export function annotatedPath(folder: string, name: string): string {
  const extension = extname(name);
  return join(folder, `${name.slice(0, name.length - extension.length)}-faces${extension}`);
}
