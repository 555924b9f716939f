import { ATTRIBUTE_NAMES, ATTRIBUTES } from '../../attributes/list.ts';

/** What can be wrong with a data set, and whether a training may use it all the same, without what is at fault. */
const KINDS = {
  'missing-file': ['warning', 'labels of files that do not exist'],
  'outside-path': ['warning', 'labels of files outside the folder: paths must be relative and without ".."'],
  'invalid-value': ['warning', 'labels with a value that is not understood'],
  unlabelled: ['warning', `labels that give neither ${ATTRIBUTE_NAMES.join(' nor ')} nor anything else`],
  'no-label': ['warning', 'photos without a label'],
  'too-large': ['warning', 'files that are too large'],
  duplicate: ['warning', 'identical photos; one of each is kept'],
  contradiction: ['error', 'identical photos with contradicting labels'],
  disagreement: ['warning', 'identical photos that were corrected in different ways; they are left out'],
  'contradicting-cells': [
    'warning',
    'columns in which labels of identical photos contradict each other; they count as empty there',
  ],
  'over-cap': [
    'warning',
    'owners with more corrections than one owner may have; a random choice of them counts',
  ],
  'two-people': [
    'warning',
    'photos with the labels of two people and no box to tell them apart; they are left out',
  ],
  'subject-in-two-splits': [
    'error',
    'people who are in more than one split, which would flatter the results',
  ],
  undecided: ['warning', 'faces on which fewer than half of the raters agree; they are left out'],
  'one-class': ['warning', 'labels that are all the same, so nothing can be learned from them'],
  'many-values': ['warning', 'columns with more values than results can be reported for; they are left out'],
  'no-face': ['warning', 'photos in which no face is found'],
  'several-faces': ['warning', 'photos with several faces and no box; the largest face is used'],
  'poor-quality': [
    'warning',
    'faces of lower picture quality than asked for, which a training with the same "minimumQuality" does not learn from',
  ],
  'box-outside': ['warning', 'boxes that lie outside their photo'],
  'box-unit': ['warning', 'boxes that are not in pixels; their labels are left out'],
  'box-small': ['warning', 'boxes of only a few pixels; their labels are left out'],
  'box-elsewhere': [
    'warning',
    'boxes without a face in photos that have one elsewhere; their labels are left out, except those with "yes" in the column "checked"',
  ],
  unreadable: ['warning', 'photos that cannot be read'],
  'empty-split': [
    'warning',
    'splits without a face, which a training on this set alone needs: add photos, or a column "split"',
  ],
} as const satisfies Readonly<Record<string, readonly ['error' | 'warning', string]>>;

type CommonKind = keyof typeof KINDS;
type OwnKind<Each> = Each extends { readonly label: { readonly problems: infer Kinds } }
  ? keyof Kinds
  : never;
export type ProblemKind = CommonKind | OwnKind<(typeof ATTRIBUTES)[number]>;

const isCommon = (kind: ProblemKind): kind is CommonKind => Object.hasOwn(KINDS, kind);

/** What is wrong with a value that can't be, by kind, as the attributes have it. */
const OWN_KINDS: Readonly<Record<string, string>> = Object.assign(
  {},
  ...ATTRIBUTES.map(({ label }) => label.problems),
);

const wordingOf = (kind: ProblemKind): readonly ['error' | 'warning', string] =>
  isCommon(kind) ? KINDS[kind] : ['warning', OWN_KINDS[kind] ?? kind];

/** Examples kept of each kind. */
const EXAMPLES = 5;

/** Something that is wrong with a data set, wherever in it. */
export interface DatasetProblem {
  readonly kind: ProblemKind;
  /** After an error there is no training; after a warning, one without the photos at fault. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly count: number;
  readonly examples: readonly string[];
}

/** Collects what is wrong, with a few examples of each kind. */
export class Problems {
  readonly #found = new Map<ProblemKind, { count: number; examples: string[] }>();

  add(kind: ProblemKind, example: string): void {
    const found = this.#found.get(kind) ?? { count: 0, examples: [] };
    found.count += 1;
    if (found.examples.length < EXAMPLES) found.examples.push(shorten(example));
    this.#found.set(kind, found);
  }

  /** Errors first. */
  list(): DatasetProblem[] {
    return [...this.#found]
      .map(([kind, found]) => {
        const [severity, message] = wordingOf(kind);
        return { kind, severity, message, ...found };
      })
      .sort((one, other) => one.severity.localeCompare(other.severity));
  }
}

/** A data set that nothing can be learned from as it is. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
  readonly problems: readonly DatasetProblem[];

  constructor(message: string, problems: readonly DatasetProblem[] = [], options?: ErrorOptions) {
    super(message, options);
    this.problems = problems;
  }
}

/** "ages out of range (3): a.jpg (130; expected 0 to 116); b.jpg …" */
export const describeProblem = ({ count, message, examples }: DatasetProblem): string =>
  `${message} (${count.toLocaleString('en')}): ${examples.join('; ')}${count > examples.length ? '; …' : ''}`;

/** Names and values are anybody's text, of any length. */
const shorten = (text: string) => (text.length > 200 ? `${text.slice(0, 199)}…` : text);
