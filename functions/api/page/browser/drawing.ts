import { WORDS } from '../../../../attributes/list.ts';
import { BLUR, blurredRegion } from '../../../../vision/blurring.ts';
import type { BoundingBox } from '../../../../vision/engine.ts';
import type { FaceAnswer, Prediction } from '../../schemas.ts';
import { NUMBERED } from '../overlay.ts';
import { paint } from './photo.ts';

type Faces = Extract<Prediction, { readonly ismankind: true }>;

/** Draws what was found on a photo into a picture of its own. */
export type Draw = (image: HTMLImageElement, found: Faces) => HTMLCanvasElement;

/** As wide as the page shows photos: what is drawn on larger ones grows with them, smaller ones are enlarged. In pixels. */
const USUAL_SIDE = 640;
const LABEL = { largest: 15, smallest: 9 };

/** The photo as the page shows it: a box with its number for every face; and what is told of the face below it. */
export const annotate: Draw = (image, { faces, width }) => {
  const { naturalWidth, naturalHeight } = image;
  const enlarged = Math.max(1, Math.ceil(USUAL_SIDE / Math.max(naturalWidth, naturalHeight)));
  const canvas = paint(image, naturalWidth * enlarged, naturalHeight * enlarged);
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const unit = Math.max(canvas.width, canvas.height) / USUAL_SIDE;
  const boxes = faces.map(({ box }) => scaled(box, canvas.width / width));
  for (const box of boxes) outline(context, box, unit);
  // As on the page, too many of them would hide the faces.
  if (faces.length > NUMBERED) return canvas;
  for (const [index, box] of boxes.entries()) {
    const face = faces[index];
    if (face) label(context, face, box, unit);
  }
  for (const [index, box] of boxes.entries()) number(context, index + 1, box, unit);
  return canvas;
};

/** The photo with a few spots of colour in place of each face. */
export const blur: Draw = (image, { faces, width }) => {
  const canvas = paint(image, image.naturalWidth, image.naturalHeight);
  const spots = document.createElement('canvas');
  spots.width = spots.height = BLUR.spots;
  const [context, few] = [canvas.getContext('2d'), spots.getContext('2d')];
  if (!context || !few) throw new Error('Expected a canvas to draw on but received none.');
  few.imageSmoothingQuality = 'high';
  for (const { box } of faces) {
    const { left, top, width: across, height: down } = blurredRegion(box, canvas.width / width, canvas);
    few.drawImage(canvas, left, top, across, down, 0, 0, BLUR.spots, BLUR.spots);
    context.drawImage(spots, 0, 0, BLUR.spots, BLUR.spots, left, top, across, down);
  }
  return canvas;
};

function scaled({ x, y, width, height }: BoundingBox, scale: number): BoundingBox {
  return { x: x * scale, y: y * scale, width: width * scale, height: height * scale };
}

function outline(context: CanvasRenderingContext2D, box: BoundingBox, unit: number): void {
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, 4 * unit);
  for (const [color, width] of [
    ['rgb(0 0 0 / 55%)', 4],
    ['#fff', 2],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width * unit;
    context.stroke();
  }
}

function number(context: CanvasRenderingContext2D, value: number, box: BoundingBox, unit: number): void {
  context.beginPath();
  context.arc(box.x, box.y, 11 * unit, 0, 2 * Math.PI);
  context.fillStyle = '#fff';
  context.fill();
  context.strokeStyle = 'rgb(0 0 0 / 55%)';
  context.lineWidth = unit;
  context.stroke();
  context.fillStyle = '#111';
  context.font = `650 ${12 * unit}px sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(String(value), box.x, box.y);
}

/** A line for each attribute, about as wide as the face, below its box or at its lower edge. */
function label(context: CanvasRenderingContext2D, face: FaceAnswer, box: BoundingBox, unit: number): void {
  const lines = WORDS.flatMap((words) => words.label(face) ?? []);
  const { canvas } = context;
  const widthAt = (size: number) => {
    context.font = `600 ${size}px sans-serif`;
    return Math.max(...lines.map((line) => context.measureText(line).width));
  };
  const fitting = (LABEL.largest * unit * box.width) / widthAt(LABEL.largest * unit);
  const size = Math.min(LABEL.largest * unit, Math.max(LABEL.smallest * unit, fitting));
  const margin = size / 4;
  const width = widthAt(size) + 2 * margin;
  const height = lines.length * size * 1.2 + margin;
  const left = Math.max(0, Math.min(box.x, canvas.width - width));
  const top = Math.min(box.y + box.height + 2 * unit, canvas.height - height);
  context.fillStyle = 'rgb(0 0 0 / 65%)';
  context.fillRect(left, top, width, height);
  context.fillStyle = '#fff';
  context.textAlign = 'left';
  context.textBaseline = 'top';
  for (const [line, text] of lines.entries()) {
    context.fillText(text, left + margin, top + margin + line * size * 1.2);
  }
}
