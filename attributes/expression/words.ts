import { html, type Markup } from '../../support/markup.ts';
import { bars } from '../bars.ts';
import { classWords } from '../class-words.ts';
import { type Fact, formatPercent, type Language, toPercentage, type Words } from '../words.ts';
import type { Expression } from './result.ts';

type Face = {
  readonly expression?:
    | (Omit<Expression, 'probabilities'> & Partial<Pick<Expression, 'probabilities'>>)
    | undefined;
};

const CLASSES = {
  neutral: { en: 'Neutral', zh: '平静' },
  happiness: { en: 'Happiness', zh: '高兴' },
  surprise: { en: 'Surprise', zh: '惊讶' },
  sadness: { en: 'Sadness', zh: '悲伤' },
  anger: { en: 'Anger', zh: '生气' },
  disgust: { en: 'Disgust', zh: '厌恶' },
  fear: { en: 'Fear', zh: '害怕' },
  contempt: { en: 'Contempt', zh: '轻蔑' },
} satisfies Record<Expression['expression'], unknown>;

const TITLE = { en: 'Expression', zh: '表情' };
const SMILE = { en: 'Smile', zh: '微笑' };
const MEANING = {
  en: 'What the face shows, as people who see the photo would describe it; not what the person feels.',
  zh: '看照片的人会如何描述这张脸的表情，并不说明本人的感受。',
};

const words = classWords({
  name: 'expression',
  title: TITLE,
  classes: CLASSES,
  plural: { en: 'expressions', zh: '表情' },
  choice: { en: 'an expression', zh: '表情' },
  meaning: MEANING,
  mark: (expression) => expression,
});

export const expressionWords = {
  ...words,
  optIn: true,
  facts: [
    ...words.facts.map(
      (fact): Fact => ({
        ...fact,
        card(face: Face, language) {
          const { term } = fact.card(face, language);
          if (!term) return {};
          return { term, foot: shares(face, language) };
        },
      }),
    ),
    {
      field: 'smile',
      noun: { en: 'a smile', zh: '微笑' },
      columns: ({ expression }: Face) => ({ smile: expression?.smile }),
      column: { title: SMILE.en, width: 5, right: true },
      cell: ({ expression }: Face) => (expression ? formatPercent(expression.smile) : ''),
      card: ({ expression }: Face, language) =>
        expression
          ? {
              term: {
                title: SMILE[language],
                value: html`<strong>${toPercentage(expression.smile, language)}</strong>`,
              },
            }
          : {},
      rank: { title: SMILE, value: ({ expression }: Face) => expression?.smile },
    },
  ],
} as const satisfies Words;

function shares({ expression }: Face, language: Language): Markup | undefined {
  const { probabilities } = expression ?? {};
  return (
    probabilities &&
    bars(
      TITLE[language],
      Object.entries(probabilities).map(([name, share]) => ({
        title: CLASSES[name as keyof typeof CLASSES][language],
        share,
        value: toPercentage(share, language),
      })),
    )
  );
}
