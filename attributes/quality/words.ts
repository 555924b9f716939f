import type { Markup } from '../../support/markup.ts';
import { bars } from '../bars.ts';
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
  en: {
    picture: 'Picture',
    ...{ score: 'Quality', sharpness: 'Sharpness', brightness: 'Brightness', contrast: 'Contrast' },
  },
  zh: { picture: '图像', score: '画质', sharpness: '清晰度', brightness: '亮度', contrast: '对比度' },
};

/** How good a face's picture is. Detect measures it, of every face; it is no attribute, as no model estimates it and nobody corrects it. */
export const quality: Fact = {
  field: 'quality',
  noun: { en: 'picture quality', zh: '画质' },
  columns({ quality }: Face) {
    const { score, sharpness, brightness, contrast, pose, size } = quality ?? {};
    const { yaw, pitch, roll } = pose ?? {};
    return { quality: score, sharpness, brightness, contrast, yaw, pitch, roll, face_size: size };
  },
  column: { title: 'Qual', width: 4, right: true },
  cell: ({ quality }: Face) => quality?.score.toFixed(0) ?? '',
  card: ({ quality }: Face, language) => (quality ? { foot: measures(quality, language) } : {}),
  rank: { title: { en: TEXTS.en.score, zh: TEXTS.zh.score }, value: ({ quality }: Face) => quality?.score },
};

const measures = (quality: Quality, language: Language): Markup =>
  bars(
    TEXTS[language].picture,
    MEASURES.map((name) => ({
      title: TEXTS[language][name],
      share: quality[name] / 100,
      value: String(Math.round(quality[name])),
    })),
  );
