import { html } from '../../support/markup.ts';
import type { Part } from '../attribute.ts';
import {
  type Corrected,
  estimate,
  type Fact,
  formatPercent,
  type Language,
  toPercentage,
  type Words,
} from '../words.ts';
import type { OwnKind } from './definition.ts';
import type { OwnResult } from './result.ts';

/** How own attributes are spoken of: by their names, and by the words of their labels. */

type Told = Readonly<Record<string, OwnResult>>;

const toldOf = (face: Part): Told => (face.attributes ?? {}) as Told;

/** Those that a face has, in the order of their names. */
export const ownWordsOf = (face: Part): Words[] =>
  Object.entries(toldOf(face))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, told]) => ownWords(name, 'range' in told ? 'number' : 'classes'));

/** Words of one own attribute, whether a face has it or not. */
export function ownWords(name: string, kind: OwnKind): Words {
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
  const noun = { en: name.replaceAll('_', ' '), zh: name };
  const read = (face: Part): OwnResult | undefined => toldOf(face)[name];
  const describe = (value: Corrected) => `${noun.en} ${value}`;
  return {
    name,
    facts: [ownFact(name, title, kind)],
    plural: noun,
    label(face) {
      const told = read(face);
      return told && `${noun.en} ${format(told)}`;
    },
    describe(face) {
      const told = read(face);
      return told ? describe(told.value) : '';
    },
    correction: {
      verb: { en: 'choose', zh: '选择' },
      noun,
      fields(face, earlier, language) {
        const told = read(face);
        if (!told) return html``;
        const hint = html`<span class="hint">${estimate(String(told.value), language)}</span>`;
        if ('range' in told) {
          const [low, high] = told.range;
          return html`<p><label class="name" for="own-${name}">${title}</label>
${hint}
<input id="own-${name}" name="${name}" type="number" inputmode="decimal" min="${low}" max="${high}" step="any" value="${earlier}"></p>`;
        }
        const choices = Object.keys(told.probabilities).map(
          (each) =>
            html`<label class="choice"><input type="radio" name="${name}" value="${each}"${each === earlier && ' checked'}> <span>${each}</span></label>\n`,
        );
        return html`<fieldset>
<legend><span class="name">${title}</span> ${hint}</legend>
${choices}</fieldset>`;
      },
      read: (entered) => (kind === 'number' ? Number(entered) : entered),
      describe,
    },
  };
}

function ownFact(name: string, title: string, kind: OwnKind): Fact {
  const read = (face: Part): OwnResult | undefined => toldOf(face)[name];
  return {
    field: name,
    noun: { en: name, zh: name },
    columns(face) {
      const told = read(face);
      if (kind === 'classes') {
        const confidence = told && !('range' in told) ? told.probabilities[told.value] : undefined;
        return { [name]: told?.value, [`${name}_confidence`]: confidence };
      }
      const { low, high } = told && 'range' in told ? told : {};
      return { [name]: told?.value, [`${name}_low`]: low, [`${name}_high`]: high };
    },
    column: { title, width: Math.max(6, title.length) },
    cell(face) {
      const told = read(face);
      return told ? format(told) : '';
    },
    card(face, language) {
      const told = read(face);
      return told
        ? { term: { title, value: html`<strong>${told.value}</strong> ${sureness(told, language)}` } }
        : {};
    },
  };
}

/** "yes 97 %" or "3.2 (2.8–3.6)" */
const format = (told: OwnResult): string =>
  'range' in told
    ? `${told.value} (${told.low}–${told.high})`
    : `${told.value} ${formatPercent(told.probabilities[told.value] ?? 0)}`;

const sureness = (told: OwnResult, language: Language): string =>
  'range' in told ? `${told.low}–${told.high}` : toPercentage(told.probabilities[told.value] ?? 0, language);
