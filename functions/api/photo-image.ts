import path from 'node:path';
import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import { drawn } from '../../attributes/drawing.ts';
import type { Face } from '../../attributes/face.ts';
import { annotate } from '../../vision/annotation.ts';
import { BLUR, blurredRegion } from '../../vision/blurring.ts';
import { scaleBox } from '../../vision/bounding-box.ts';
import { PhotoFile } from '../../vision/photo.ts';

/** In pixels; larger photos are scaled down. */
const LONGEST_SIDE = 2048;

/** Put beside the function's bundle when it is built. */
const FONT = path.join(import.meta.dirname, 'font.ttf');

export const VARIANTS = ['original', 'annotated', 'blurred'] as const;
export type Variant = (typeof VARIANTS)[number];

/**
 * Makes a JPEG of a photo, upright, at most 2,048 pixels a side, without metadata.
 * @param bytes of a photo that has been analysed
 */
export async function renderPhoto(
  bytes: Uint8Array,
  faces: readonly Face[],
  variant: Variant,
): Promise<Buffer> {
  const photo = await PhotoFile.open(bytes);
  switch (variant) {
    case 'original':
      return photo.decode((upright) => toJpeg(resized(upright, fit(photo))));
    case 'annotated': {
      const { overlays, ...target } = await annotate(faces.map(drawn), photo, FONT, LONGEST_SIDE);
      return photo.decode((upright) => toJpeg(resized(upright, target).composite(overlays)));
    }
    case 'blurred': {
      const target = fit(photo);
      const { data, info } = await photo.decode((upright) =>
        resized(upright, target).raw().toBuffer({ resolveWithObject: true }),
      );
      const raw = { width: info.width, height: info.height, channels: info.channels };
      const scale = target.width / photo.width;
      const overlays = await Promise.all(
        faces.map(({ box }) => blur(sharp(data, { raw }), blurredRegion(scaleBox(box, scale), target))),
      );
      return toJpeg(sharp(data, { raw }).composite(overlays));
    }
  }
}

interface Size {
  readonly width: number;
  readonly height: number;
}

const resized = (upright: Sharp, { width, height }: Size) => upright.resize({ width, height, fit: 'fill' });

const toJpeg = (image: Sharp) => image.jpeg({ quality: 85 }).toBuffer();

function fit({ width, height }: Size): Size {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A few spots of colour are all that is left: nothing can be calculated back from them. */
async function blur(photo: Sharp, region: ReturnType<typeof blurredRegion>): Promise<OverlayOptions> {
  const spots = await photo
    .extract(region)
    .resize({ width: BLUR.spots, height: BLUR.spots, fit: 'fill' })
    .png()
    .toBuffer();
  const input = await sharp(spots)
    .resize({ width: region.width, height: region.height, fit: 'fill', kernel: 'cubic' })
    .png()
    .toBuffer();
  return { input, left: region.left, top: region.top };
}
