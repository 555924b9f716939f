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

/** Shown on the page, the whole before its parts. */
const MEASURES = ['score', 'sharpness', 'brightness', 'contrast'] as const;

const TEXTS = {
  en: { score: 'Quality', sharpness: 'Sharpness', brightness: 'Brightness', contrast: 'Contrast' },
  zh: { score: '画质', sharpness: '清晰度', brightness: '亮度', contrast: '对比度' },
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
  card: ({ quality }: Face, language) => (quality ? { foot: measures(quality, language) } : {}),
  rank: { title: { en: TEXTS.en.score, zh: TEXTS.zh.score }, value: ({ quality }: Face) => quality?.score },
};

/** One bar a measure, from 0 to 100: all in one row, as there is little room. */
function measures(quality: Quality, language: Language): Markup {
  const items = MEASURES.map((name) => {
    const value = quality[name];
    return html`<div><dt>${TEXTS[language][name]}</dt><dd><strong>${Math.round(value)}</strong>
<svg aria-hidden="true"><rect class="whole" width="100%" height="100%" rx="2"/><rect width="${value}%" height="100%" rx="2"/></svg></dd></div>\n`;
  });
  return html`<dl class="quality">${items}</dl>`;
}
