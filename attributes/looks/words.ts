import { html, type Markup } from '../../support/markup.ts';
import { bars } from '../bars.ts';
import { estimate, type Language, type Words } from '../words.ts';
import type { Looks, PartOfLooks } from './result.ts';

type Face = { readonly looks?: Looks | undefined };

const TITLE = { en: 'Looks', zh: '颜值' };
const NOUN = { ...TITLE, en: 'looks' };
const TEXTS = {
  en: {
    of: 'of 100',
    rating: 'Your rating, 1 to 5',
    symmetry: 'Symmetry',
    most: 'Most like',
  },
  zh: { of: '/ 100', rating: '您的打分（1 至 5）', symmetry: '对称', most: '最像' },
};

const PARTS: Readonly<Record<PartOfLooks, Readonly<Record<Language, string>>>> = {
  learned: { en: 'Learned', zh: '学习' },
  smile: { en: 'Smile', zh: '微笑' },
  quality: { en: 'Picture', zh: '画质' },
  shape: { en: 'Shape', zh: '脸型' },
  likeness: { en: 'Likeness', zh: '相像' },
};

const MEANING = {
  en: 'How 60 students rated such faces. A model of these ratings rates Black faces lower. It is a game: nobody should be judged by it.',
  zh: '60 名学生会如何给这类面孔打分；由此训练的模型给黑人面孔的分数偏低。仅供娱乐，不应据此评价任何人。',
};

export const looksWords = {
  name: 'looks',
  optIn: true,
  facts: [
    {
      field: 'looks',
      noun: NOUN,
      columns: ({ looks }: Face) => ({
        looks: looks?.score,
        ...Object.fromEntries(
          Object.keys(PARTS).map((name) => [`looks_${name}`, looks?.parts[name as PartOfLooks]]),
        ),
        looks_resembles: looks?.resembles,
        looks_symmetry: looks?.symmetry,
      }),
      column: { title: TITLE.en, width: 5, right: true },
      cell: ({ looks }: Face) => looks?.score.toFixed(0) ?? '',
      card({ looks }: Face, language) {
        if (!looks) return {};
        const value = html`<strong>${Math.round(looks.score)}</strong> ${TEXTS[language].of}`;
        return {
          term: { title: TITLE[language], value, meaning: MEANING[language] },
          foot: parts(looks, language),
        };
      },
      rank: { title: TITLE, value: ({ looks }: Face) => looks?.score },
    },
  ],
  plural: NOUN,
  label: ({ looks }: Face) => looks && `looks ${Math.round(looks.score)}`,
  describe: ({ looks }: Face, language) => (looks ? `${NOUN[language]} ${Math.round(looks.score)}` : ''),
  correction: {
    verb: { en: 'enter', zh: '输入' },
    noun: { en: 'a rating', zh: '打分' },
    fields: (
      { looks }: Face,
      earlier,
      language,
    ) => html`<p><label class="name" for="own-rating">${TEXTS[language].rating}</label>
<span class="hint">${looks?.parts.learned !== undefined && estimate((1 + looks.parts.learned / 25).toFixed(1), language)}</span>
<input id="own-rating" name="looks" type="number" inputmode="decimal" min="1" max="5" step="any" value="${earlier}"></p>`,
    read: Number,
    describe: (value, language) => `${NOUN[language]} ${value}`,
  },
} as const satisfies Words;

function parts({ parts, symmetry, resembles }: Looks, language: Language): Markup {
  const told = [
    ...Object.entries(parts).map(([name, value]) => ({ title: PARTS[name as PartOfLooks][language], value })),
    ...(symmetry === undefined ? [] : [{ title: TEXTS[language].symmetry, value: symmetry }]),
  ];
  const all = bars(
    TITLE[language],
    told.map(({ title, value = 0 }) => ({ title, share: value / 100, value: String(Math.round(value)) })),
  );
  return html`${all}${resembles !== undefined && html`<p class="hint">${TEXTS[language].most}: ${resembles}</p>`}`;
}
