import sharp, { type OverlayOptions } from 'sharp';
import { html } from '../support/markup.ts';
import { COLORS, type Drawn, planAnnotation, type Size } from './annotation-plan.ts';
import type { BoundingBox } from './engine.ts';

/** The font family that texts are set in, for which a file is to be given: a machine may have no font at all. */
const FONT = 'PT Sans Narrow Bold';

/** What is drawn on a photo once it has been resized to this size, in pixels. */
export interface Annotation extends Size {
  readonly overlays: OverlayOptions[];
}

/**
 * Draws a box around each face and its words beside it: "34 (28–41) F 97 %", with several faces "#1 34 (28–41) F 97 %".
 * @param photo size of the upright photo, whose pixels the boxes of `faces` are in
 * @param font file of the font PT Sans Narrow Bold
 * @param maximumSide larger photos are scaled down to it
 */
export async function annotate(
  faces: readonly Drawn[],
  photo: Size,
  font: string,
  maximumSide?: number,
): Promise<Annotation> {
  const setText = (lines: readonly string[], size: number) => renderText(lines.join('\n'), size, font);
  const { width, height, boxes, line, shade, labels } = await planAnnotation(
    faces,
    photo,
    setText,
    maximumSide,
  );
  const shapes = [
    ...boxes.map((box) => frame(box, line, shade)),
    ...labels.map(
      ({ box, margin }) =>
        `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="${margin / 2}" fill="${COLORS.line}" stroke="${COLORS.shade}"/>`,
    ),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`;
  const texts = labels.map(({ box, text, margin }) => ({
    input: text.image,
    left: Math.round(box.x) + margin,
    top: Math.round(box.y) + margin,
  }));
  return { width, height, overlays: [{ input: Buffer.from(svg) }, ...texts] };
}

function frame({ x, y, width, height }: BoundingBox, line: number, shade: number): string {
  const rect = (color: string, thickness: number) =>
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${line}" fill="none" stroke="${color}" stroke-width="${thickness}"/>`;
  return rect(COLORS.shade, shade) + rect(COLORS.line, line);
}

async function renderText(text: string, size: number, font: string) {
  const { data, info } = await sharp({
    text: {
      text: html`<span foreground="${COLORS.shade}">${text}</span>`.toString(),
      font: `${FONT} ${Math.round(size)}`,
      fontfile: font,
      rgba: true,
      dpi: 72,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { image: data, width: info.width, height: info.height };
}
