import { html, type Markup } from '../../support/markup.ts';
import { estimate, type Fact, type Language, toPercentage, type Words } from '../words.ts';
import type { Age } from './result.ts';

type Estimate = Pick<Age, 'years' | 'low' | 'high' | 'group'> & Partial<Pick<Age, 'groups'>>;
type Face = { readonly age?: Estimate | undefined; readonly score?: number | undefined };

/** End of the line on which a range is drawn, in years. */
const OLDEST = 100;

const TEXTS = {
  en: {
    years: 'years',
    about: (years: number) => `about ${years} years`,
    range: (low: number, high: number) => `80% range ${low}–${high}`,
    groups: 'Probability of each age group, in years',
    score: 'Score',
    scoreOf: 'of 100',
    inYears: 'Age in years',
  },
  zh: {
    years: '岁',
    about: (years: number) => `约 ${years} 岁`,
    range: (low: number, high: number) => `80% 区间 ${low}–${high} 岁`,
    groups: '各年龄段的概率（岁）',
    score: '评分',
    scoreOf: '/ 100',
    inYears: '年龄（岁）',
  },
};

const SCORE_MEANING = {
  en: 'The score goes from 20 to 100 and depends on the age groups alone: the younger a face looks, the higher it is. It is a game, not a judgement.',
  zh: '评分范围为 20 到 100，仅由年龄段推算：看起来越年轻，评分越高。仅供娱乐，不代表任何评价。',
};

const years: Fact = {
  field: 'age',
  noun: { en: 'age', zh: '年龄' },
  columns: ({ age }: Face) => ({
    age: age?.years,
    age_low: age?.low,
    age_high: age?.high,
    age_group: age?.group,
  }),
  column: { title: 'Age', width: 11 },
  cell: ({ age }: Face) => (age ? format(age) : ''),
  card: ({ age }: Face, language) =>
    age ? { head: head(age, language), chart: html`${range(age)}\n${groups(age, language)}` } : {},
};

const score: Fact = {
  field: 'score',
  consequence: true,
  noun: { en: 'a score', zh: '评分' },
  columns: (face: Face) => ({ score: face.score }),
  column: { title: 'Score', width: 5, right: true },
  cell: (face: Face) => face.score?.toFixed(0) ?? '',
  card(face: Face, language) {
    if (face.score === undefined) return {};
    const texts = TEXTS[language];
    return {
      term: {
        title: texts.score,
        value: html`<strong>${Math.round(face.score)}</strong> ${texts.scoreOf}`,
        meaning: SCORE_MEANING[language],
      },
    };
  },
  rank: { title: { en: TEXTS.en.score, zh: TEXTS.zh.score }, value: (face: Face) => face.score },
};

export const ageWords = {
  name: 'age',
  facts: [years, score],
  plural: { en: 'ages', zh: '年龄' },
  note: SCORE_MEANING,
  label: ({ age }: Face) => age && format(age),
  describe: ({ age }: Face, language) => (age ? TEXTS[language].about(Math.round(age.years)) : ''),
  correction: {
    verb: { en: 'enter', zh: '输入' },
    noun: { en: 'an age', zh: '年龄' },
    fields: (
      { age }: Face,
      earlier,
      language,
    ) => html`<p><label class="name" for="true-age">${TEXTS[language].inYears}</label>
<span id="estimated-age" class="hint">${age && estimate(String(Math.round(age.years)), language)}</span>
<input id="true-age" name="age" type="number" inputmode="numeric" min="0" max="120" step="1" aria-describedby="estimated-age" value="${earlier}"></p>`,
    read: Number,
    describe: (value, language) => `${value} ${TEXTS[language].years}`,
  },
} as const satisfies Words;

/** An age and its 80 % interval in whole years: "34 (28–41)". */
const format = ({ years, low, high }: Estimate): string =>
  `${Math.round(years)} (${Math.round(low)}–${Math.round(high)})`;

const head = (
  { years, low, high }: Estimate,
  language: Language,
): Markup => html`<p class="headline"><strong>${Math.round(years)}</strong> ${TEXTS[language].years}</p>
<p class="hint">${TEXTS[language].range(Math.round(low), Math.round(high))}</p>`;

/** The range on a line from 0 to 100 years; says nothing that the text beside it does not say. */
function range({ years, low, high }: Estimate): Markup {
  const at = (value: number) => `${((Math.min(value, OLDEST) / OLDEST) * 100).toFixed(1)}%`;
  return html`<svg class="range" aria-hidden="true">
<line x1="0" x2="100%" y1="50%" y2="50%"/>
<line class="likely" x1="${at(low)}" x2="${at(high)}" y1="50%" y2="50%"/>
<circle class="expected" cx="${at(years)}" cy="50%" r="5"/>
</svg>`;
}

/** One bar a group, youngest first as the service lists them; the highest as high as there is room. */
function groups({ groups }: Estimate, language: Language): Markup | undefined {
  if (!groups) return undefined;
  const highest = Math.max(...Object.values(groups));
  const bars = Object.entries(groups).map(([group, share]) => {
    const height = (share / highest) * 100;
    return html`<li${share === highest && html` class="likeliest"`}><span>${groupName(group)}</span>
<svg aria-hidden="true"><rect y="${(100 - height).toFixed(1)}%" width="100%" height="${height.toFixed(1)}%" rx="3"/></svg>
<data value="${share}">${toPercentage(share, language)}</data></li>`;
  });
  return html`<ol class="groups" aria-label="${TEXTS[language].groups}">${bars}</ol>`;
}

/** "(25, 32)" to "25–32", and the last group, which has no end, to "60+". */
function groupName(group: string): string {
  const [from = '', to = ''] = group.slice(1, -1).split(', ');
  return to === String(OLDEST) ? `${from}+` : `${from}–${to}`;
}
