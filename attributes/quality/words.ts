import { html, type Markup } from '../../support/markup.ts';
import type { Fact, Language } from '../words.ts';

interface Quality {
  readonly score: number;
  readonly sharpness: number;
  readonly brightness: number;
  readonly contrast: number;
  readonly pose: { readonly yaw: number; readonly pitch: number; readonly roll: number };
  readonly size: number;
}
type Face = { readonly quality?: Quality | undefined };

const TEXTS = {
  en: {
    title: 'Picture quality',
    of: 'of 100',
    sharpness: 'Sharpness',
    brightness: 'Brightness',
    contrast: 'Contrast',
  },
  zh: { title: '画质', of: '/ 100', sharpness: '清晰度', brightness: '亮度', contrast: '对比度' },
};

/** How good a face's picture is. Detect measures it, of every face; it is no attribute, as no model estimates it and nobody corrects it. */
export const quality: Fact = {
  field: 'quality',
  noun: { en: 'the quality of its picture', zh: '画质' },
  columns: ({ quality }: Face) => ({
    quality: quality?.score,
    sharpness: quality?.sharpness,
    brightness: quality?.brightness,
    contrast: quality?.contrast,
    yaw: quality?.pose.yaw,
    pitch: quality?.pose.pitch,
    roll: quality?.pose.roll,
    face_size: quality?.size,
  }),
  column: { title: 'Qual', width: 4, right: true },
  cell: ({ quality }: Face) => quality?.score.toFixed(0) ?? '',
  card({ quality }: Face, language) {
    if (!quality) return {};
    const texts = TEXTS[language];
    return {
      chart: bars(quality, language),
      term: {
        title: texts.title,
        value: html`<strong>${Math.round(quality.score)}</strong> ${texts.of}`,
      },
    };
  },
};

/** One bar a measure, from 0 to 100. */
function bars({ sharpness, brightness, contrast }: Quality, language: Language): Markup {
  const texts = TEXTS[language];
  const measures = [
    { title: texts.sharpness, value: sharpness },
    { title: texts.brightness, value: brightness },
    { title: texts.contrast, value: contrast },
  ];
  const items = measures.map(
    ({ title, value }) =>
      html`<li><span>${title}</span>
<svg aria-hidden="true"><rect class="whole" width="100%" height="100%" rx="2"/><rect width="${value}%" height="100%" rx="2"/></svg>
<data value="${value}">${Math.round(value)}</data></li>`,
  );
  return html`<ul class="quality" aria-label="${texts.title}">${items}</ul>`;
}
