import { drawn } from '../../../../attributes/drawing.ts';
import { COLORS, planAnnotation } from '../../../../vision/annotation-plan.ts';
import { BLUR, blurredRegion } from '../../../../vision/blurring.ts';
import type { BoundingBox } from '../../../../vision/engine.ts';
import type { Prediction } from '../../schemas.ts';
import { paint } from './photo.ts';

type Found = Extract<Prediction, { readonly ismankind: true }>;

/** Draws what was found on a photo into a picture of its own. */
export type Draw = (image: HTMLImageElement, found: Found) => Promise<HTMLCanvasElement>;

/** As a share of the size of the letters. */
const LINE_HEIGHT = 1.2;

/** A box around each face and its words beside it, as the service draws them. */
export const annotate: Draw = async (image, found) => {
  const ruler = contextOf(document.createElement('canvas'));
  const plan = await planAnnotation(found.faces.map(drawn), found, (lines, size) => {
    ruler.font = fontOf(size);
    const width = Math.max(...lines.map((line) => ruler.measureText(line).width));
    return { width, height: lines.length * size * LINE_HEIGHT, lines, size };
  });

  const canvas = paint(image, plan.width, plan.height);
  const context = contextOf(canvas);
  for (const [color, thickness] of [
    [COLORS.shade, plan.shade],
    [COLORS.line, plan.line],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = thickness;
    for (const box of plan.boxes) trace(context, box, plan.line).stroke();
  }
  context.lineWidth = 1;
  context.strokeStyle = COLORS.shade;
  context.textBaseline = 'middle';
  for (const { box, text, margin } of plan.labels) {
    trace(context, box, margin / 2);
    context.fillStyle = COLORS.line;
    context.fill();
    context.stroke();
    context.fillStyle = COLORS.shade;
    context.font = fontOf(text.size);
    for (const [index, line] of text.lines.entries()) {
      const middle = box.y + margin + (index + 0.5) * text.size * LINE_HEIGHT;
      context.fillText(line, box.x + margin, middle);
    }
  }
  return canvas;
};

/** The photo with a few spots of colour in place of each face. */
export const blur: Draw = async (image, { faces, width, height }) => {
  const canvas = paint(image, width, height);
  const context = contextOf(canvas);
  const spots = document.createElement('canvas');
  spots.width = spots.height = BLUR.spots;
  const few = contextOf(spots);
  few.imageSmoothingQuality = 'high';
  for (const { box } of faces) {
    const region = blurredRegion(box, canvas);
    const place = [region.left, region.top, region.width, region.height] as const;
    few.drawImage(canvas, ...place, 0, 0, BLUR.spots, BLUR.spots);
    context.drawImage(spots, 0, 0, BLUR.spots, BLUR.spots, ...place);
  }
  return canvas;
};

const fontOf = (size: number) => `bold ${size}px "Arial Narrow", system-ui, sans-serif`;

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('Expected a canvas to draw on but received none.');
  return context;
}

function trace(context: CanvasRenderingContext2D, { x, y, width, height }: BoundingBox, radius: number) {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
  return context;
}
