import { html } from '../support/markup.ts';
import { estimate, formatPercent, type Language, type Text, toPercentage, type Words } from './words.ts';

export interface ClassWordsOptions<Name extends string> {
  /** The attribute's, which is also that of its field, and within that of the class: `gender.gender`. */
  readonly name: Name;
  /** At the head of a column or a line. */
  readonly title: Text;
  /** In the order in which a person is to choose from them. */
  readonly classes: Readonly<Record<string, Text>>;
  /** In the middle of a sentence; default: as the title. */
  readonly plural?: Text;
  /** What a person is to choose: "a gender"; default: as the title. */
  readonly choice?: Text;
  /** What the page says of it when the title is pointed at. */
  readonly meaning?: Text;
  /** A class in the label on a photo, which has no title; default: "glasses yes". */
  readonly mark?: (value: string) => string;
}

/** What is said of an attribute that is one of several classes, as an item has it: `{ [name]: class, confidence, … }`. */
export function classWords<const Name extends string>({
  name,
  title,
  classes,
  plural = midSentence(title),
  choice = midSentence(title),
  meaning,
  mark = (value) => `${midSentence(title).en} ${value}`,
}: ClassWordsOptions<Name>) {
  const read = (face: Readonly<Record<string, unknown>>) => {
    const { [name]: value, confidence } = (face[name] ?? {}) as Readonly<Record<string, unknown>>;
    return typeof value === 'string' && typeof confidence === 'number' ? { value, confidence } : undefined;
  };
  const named = (value: string | number, language: Language) => classes[value]?.[language] ?? String(value);
  return {
    name,
    facts: [
      {
        field: name,
        noun: midSentence(title),
        columns: (face) => ({ [name]: read(face)?.value, [`${name}_confidence`]: read(face)?.confidence }),
        column: { title: title.en, width: Math.max(6, title.en.length) },
        cell(face) {
          const told = read(face);
          return told ? `${told.value} ${formatPercent(told.confidence)}` : '';
        },
        card(face, language) {
          const told = read(face);
          if (!told) return {};
          const share = toPercentage(told.confidence, language);
          return {
            term: {
              title: title[language],
              value: html`<strong>${named(told.value, language)}</strong> ${share}`,
              ...(meaning && { meaning: meaning[language] }),
            },
          };
        },
      },
    ],
    plural,
    label(face) {
      const told = read(face);
      return told && `${mark(told.value)} ${formatPercent(told.confidence)}`;
    },
    describe(face, language) {
      const told = read(face);
      return told ? named(told.value, language).toLocaleLowerCase(language) : '';
    },
    correction: {
      verb: { en: 'choose', zh: '选择' },
      noun: choice,
      fields(face, earlier, language) {
        const told = read(face);
        const choices = Object.entries(classes).map(
          ([value, text]) =>
            html`<label class="choice"><input type="radio" name="${name}" value="${value}"${value === earlier && ' checked'}> <span>${text[language]}</span></label>\n`,
        );
        return html`<fieldset>
<legend><span class="name">${title[language]}</span> <span class="hint">${told && estimate(named(told.value, language), language)}</span></legend>
${choices}</fieldset>`;
      },
      read: (entered) => entered,
      describe: (value, language) => named(value, language).toLocaleLowerCase(language),
    },
  } satisfies Words;
}

const midSentence = ({ en, zh }: Text): Text => ({ en: en.toLowerCase(), zh });
