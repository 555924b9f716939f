import type { Age } from '../../../attributes/age/result.ts';
import { html, type Markup } from '../../../support/markup.ts';
import type { FaceAnswer } from '../schemas.ts';
import { dictionary, genderName, type Language } from './dictionary.ts';

/** What a person said of a face. */
export interface Correction {
  readonly age?: number | undefined;
  readonly gender?: 'M' | 'F' | undefined;
}

export interface FaceCardOptions {
  readonly language: Language;
  /** Offers to correct the face; needs the script. */
  readonly correctable: boolean;
  /** Leaves room for a picture of the face, which the script draws. */
  readonly pictured: boolean;
  readonly correction?: Correction | undefined;
}

/** End of the line on which a range is drawn, in years. */
const OLDEST = 100;

/**
 * All that is known of one face: an item of a list.
 * @param index place in the photo's list of faces, from 0
 */
export function faceCard(
  { age, gender, score, confidence }: FaceAnswer,
  index: number,
  { language, correctable, pictured, correction }: FaceCardOptions,
): Markup {
  const texts = dictionary[language];
  const number = index + 1;
  const share = (value: number) => percent(value, language);
  return html`<li class="face" data-face="${index}">
<header>
${pictured && html`<canvas width="112" height="112" aria-hidden="true"></canvas>`}
<div>
<h3>${texts.face(number)}</h3>
<p class="age"><strong>${Math.round(age.years)}</strong> ${texts.years}</p>
<p class="hint">${texts.range(Math.round(age.low), Math.round(age.high))}</p>
</div>
${correctable && html`<button type="button" class="quiet" data-correct="${index}" aria-label="${texts.correctFace(number)}">${texts.correct}</button>`}
</header>
${ageRange(age)}
${age.groups && ageGroups(age.groups, language)}
<dl>
<div><dt>${texts.gender}</dt><dd><strong>${genderName(gender.gender, language)}</strong> ${share(gender.confidence)}</dd></div>
<div><dt>${texts.score}</dt><dd><strong>${Math.round(score)}</strong> ${texts.scoreOf}</dd></div>
<div><dt>${texts.detected}</dt><dd><strong>${share(confidence)}</strong></dd></div>
</dl>
${correction && html`<p class="corrected">${texts.corrected(describeCorrection(correction, language))}</p>`}
</li>`;
}

/** "34 years, female" */
function describeCorrection({ age, gender }: Correction, language: Language): string {
  const { years, separator } = dictionary[language];
  return [
    age !== undefined && `${age} ${years}`,
    gender && genderName(gender, language).toLocaleLowerCase(language),
  ]
    .filter(Boolean)
    .join(separator);
}

const percent = (share: number, language: Language): string =>
  share.toLocaleString(language, { style: 'percent' });

/** The range on a line from 0 to 100 years; says nothing that the text beside it does not say. */
function ageRange({ years, low, high }: Pick<Age, 'years' | 'low' | 'high'>): Markup {
  const at = (value: number) => `${((Math.min(value, OLDEST) / OLDEST) * 100).toFixed(1)}%`;
  return html`<svg class="range" aria-hidden="true">
<line x1="0" x2="100%" y1="50%" y2="50%"/>
<line class="likely" x1="${at(low)}" x2="${at(high)}" y1="50%" y2="50%"/>
<circle class="expected" cx="${at(years)}" cy="50%" r="5"/>
</svg>`;
}

/** One bar a group, youngest first as the service lists them; the highest as high as there is room. */
function ageGroups(groups: Age['groups'], language: Language): Markup {
  const highest = Math.max(...Object.values(groups));
  const bars = Object.entries(groups).map(([group, share]) => {
    const height = (share / highest) * 100;
    return html`<li${share === highest && html` class="likeliest"`}><span>${groupName(group)}</span>
<svg aria-hidden="true"><rect y="${(100 - height).toFixed(1)}%" width="100%" height="${height.toFixed(1)}%" rx="3"/></svg>
<data value="${share}">${percent(share, language)}</data></li>`;
  });
  return html`<ol class="groups" aria-label="${dictionary[language].groups}">${bars}</ol>`;
}

/** "(25, 32)" to "25–32", and the last group, which has no end, to "60+". */
function groupName(group: string): string {
  const [from = '', to = ''] = group.slice(1, -1).split(', ');
  return to === String(OLDEST) ? `${from}+` : `${from}–${to}`;
}
