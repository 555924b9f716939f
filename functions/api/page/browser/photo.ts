import type { BoundingBox } from '../../../../vision/engine.ts';

/** A photo that the user gave, ready to be sent. */
export interface Photo {
  readonly name: string;
  /** What is sent: the file itself, or a smaller version of it. */
  readonly blob: Blob;
  /** Shows `blob`; absent when the browser can't show it, though the service may. */
  readonly image?: HTMLImageElement;
}

/** The largest photo that the service takes. */
export const MOST_BYTES = 4_000_000;
/** The service scales larger photos down anyway; in pixels. */
const LONGEST_SIDE = 2048;
const ACCEPTED = new Set(['image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/gif', 'image/tiff']);
const JPEG_QUALITY = 0.9;

/** Makes a smaller JPEG of a photo that is too large for the service or in a format that it does not read. */
export async function openPhoto(file: File): Promise<Photo> {
  const { name } = file;
  const image = await show(file);
  if (!image) return { name, blob: file };
  const { naturalWidth: width, naturalHeight: height } = image;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(width, height));
  if (scale === 1 && file.size <= MOST_BYTES && ACCEPTED.has(file.type)) return { name, blob: file, image };

  const blob = await toJpeg(image, width * scale, height * scale);
  closeImage(image);
  const smaller = blob && (await show(blob));
  return blob && smaller ? { name, blob, image: smaller } : { name, blob: file };
}

type Source = HTMLImageElement | HTMLVideoElement;

/** A JPEG of what the camera sees, or of a photo, upright; transparent parts become white. */
export const toJpeg = (source: Source, width: number, height: number): Promise<Blob | null> =>
  encodeJpeg(paint(source, width, height));

export const encodeJpeg = (canvas: HTMLCanvasElement): Promise<Blob | null> =>
  new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY));

export function paint(source: Source, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width);
  canvas.height = Math.round(height);
  const context = canvas.getContext('2d', { alpha: false });
  if (context) {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = 'high';
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}

/** Cuts a face out of a photo, a little wider than its box. */
export function drawPortrait(
  canvas: HTMLCanvasElement,
  { image }: Photo,
  box: BoundingBox,
  width: number,
): void {
  if (!image) return;
  const scale = image.naturalWidth / width;
  const side = Math.max(box.width, box.height) * 1.3;
  const left = box.x + box.width / 2 - side / 2;
  const top = box.y + box.height / 2 - side / 2;
  const cut = [left, top, side, side].map((length) => length * scale) as [number, number, number, number];
  canvas.getContext('2d')?.drawImage(image, ...cut, 0, 0, canvas.width, canvas.height);
}

/** The photo as it may be kept: without its place, its date and whatever else a camera writes beside the pixels. */
export async function withoutMetadata({ blob, image }: Photo): Promise<Blob> {
  return (image && (await toJpeg(image, image.naturalWidth, image.naturalHeight))) ?? blob;
}

export function closePhoto({ image }: Photo): void {
  if (image) closeImage(image);
}

const closeImage = (image: HTMLImageElement) => URL.revokeObjectURL(image.src);

async function show(blob: Blob): Promise<HTMLImageElement | undefined> {
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  try {
    await image.decode();
    if (image.naturalWidth > 0) return image;
  } catch {
    // Not an image, or not one that this browser knows.
  }
  closeImage(image);
  return undefined;
}
