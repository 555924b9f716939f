import { median } from 'd3-array';
import type { LearnedAttribute } from '../../attributes/attribute.ts';
import type { NumberDrawing, Statistic } from '../../attributes/evaluation.ts';
import { attributesWith, EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import { ownAttribute } from '../../attributes/own/attribute.ts';
import type { OwnDefinition } from '../../attributes/own/definition.ts';
import type { Measures } from '../../models/card.ts';
import type { JudgedFace } from './answer.ts';
import { bootstrap, type Difference, type PairedDifference } from './bootstrap.ts';
import { type RangeErrors, rangeErrors } from './evaluation.ts';
import { type Group, splitIntoGroups } from './groups.ts';
import { measureFaces } from './measures.ts';
import { comparedOf, type Robustness } from './robustness.ts';

/** How an analyst did on the photos of one folder, or of all together. */
export interface Scope {
  /** The folder's name; "all together" of several. */
  readonly name: string;
  readonly overall: Measures;
  readonly groups: readonly { readonly group: Group; readonly measures: Measures }[];
  /** Errors of each attribute that is a number, by labelled value. */
  readonly errors: readonly { readonly attribute: string; readonly ranges: readonly RangeErrors[] }[];
}

export interface AnalystResult {
  readonly name: string;
  /** Median CPU time a photo, of all threads, in milliseconds. */
  readonly cpu: number;
  /** Photos that it couldn't look at; they count as not found. */
  readonly failures: number;
  /** All together first, where there are several folders; then each. */
  readonly scopes: readonly Scope[];
  /** Results of each attribute that is a number, over all photos. */
  readonly numbers: readonly NumberResult[];
  /** Only of those after the first analyst. */
  readonly comparisons?: readonly PairedComparison[];
  readonly robustness?: Robustness;
}

/** The first analyst less another one, on the faces of one scope that both answer. */
export interface PairedComparison {
  readonly scope: string;
  /** Name of one of the statistics of an attribute. */
  readonly statistic: string;
  readonly difference: Difference;
}

/** How an analyst reports a number. */
export interface NumberResult {
  readonly attribute: string;
  /** What was labelled and what was said. */
  readonly pairs: readonly { readonly labelled: number; readonly said: number }[];
}

/** Several analysts on the same photos; `evaluation.json`. */
export interface Benchmark {
  readonly createdAt: string;
  readonly part: string;
  /** The attribute of one's own that is measured, and no other; absent where those of the list are. */
  readonly own?: OwnDefinition | undefined;
  readonly folders: readonly { readonly name: string; readonly photos: number }[];
  readonly analysts: readonly AnalystResult[];
}

/** The answers of an analyst to the photos of each folder, in the same order for every analyst. */
export interface Answers {
  readonly name: string;
  readonly folders: readonly { readonly name: string; readonly faces: readonly JudgedFace[] }[];
  /** CPU time of each photo, in milliseconds. */
  readonly cpu: readonly number[];
  readonly failures: number;
  readonly robustness?: Robustness;
}

/** What a benchmark measures. Names of measures are those of one attribute of one's own or those of the list. */
export const measuredIn = ({ own }: Pick<Benchmark, 'own'>): readonly LearnedAttribute[] =>
  own ? [ownAttribute(own)] : EVERY_ATTRIBUTE;

/**
 * @param answers of several analysts to the same photos; the others are compared with the first
 * @param benchmark says what is measured
 */
export function summarise(
  answers: readonly Answers[],
  benchmark: Pick<Benchmark, 'own'> = {},
): AnalystResult[] {
  const [first] = answers;
  const attributes = measuredIn(benchmark);
  const numbers = numbersOf(attributes);
  const grouping = benchmark.own ? attributesWith(benchmark.own) : attributes;
  return answers.map((own) => ({
    name: own.name,
    cpu: median(own.cpu) ?? 0,
    failures: own.failures,
    scopes: partsOf(own).map(({ name, faces }) => scopeOf(name, faces, attributes, grouping)),
    numbers: numbers.map(({ name, drawing }) => ({
      attribute: name,
      pairs: pairsOf(drawing, partsOf(own)[0]?.faces ?? []),
    })),
    ...(first && own !== first && { comparisons: compare(first, own, attributes) }),
    ...(own.robustness && { robustness: own.robustness }),
  }));
}

const numbersOf = (attributes: readonly LearnedAttribute[]) =>
  attributes.flatMap(({ name, evaluation: { drawing } }) =>
    drawing.kind === 'number' ? [{ name, drawing }] : [],
  );

/** Each folder's faces; before them, where there are several folders, those of all together. */
const partsOf = ({ folders }: Answers): Answers['folders'] =>
  folders.length > 1
    ? [{ name: 'all together', faces: folders.flatMap(({ faces }) => faces) }, ...folders]
    : folders;

function compare(
  first: Answers,
  other: Answers,
  attributes: readonly LearnedAttribute[],
): PairedComparison[] {
  const others = partsOf(other);
  return partsOf(first).flatMap(({ name, faces }, part) =>
    comparedOf(attributes).flatMap((statistic) => {
      const differences = differencesOf(statistic, faces, others[part]?.faces ?? []);
      return differences.length > 0
        ? [
            {
              scope: name,
              statistic: statistic.name,
              difference: bootstrap(differences, { resamples: 2000 }),
            },
          ]
        : [];
    }),
  );
}

/** Differences face by face; both lists have the same order. A share counts no answer as wrong, unless neither gives one. */
const differencesOf = (
  statistic: Statistic,
  first: readonly JudgedFace[],
  others: readonly JudgedFace[],
): PairedDifference[] =>
  first.flatMap((face, index) => {
    const other = others[index];
    const [own, their] = [statistic.of(face), other && statistic.of(other)];
    if (own === undefined || their === undefined) return [];
    return [{ value: own - their, subject: face.subject }];
  });

/** Labelled and estimated values, where the label is exact. */
const pairsOf = (drawing: NumberDrawing, faces: readonly JudgedFace[]) =>
  faces.flatMap((face) => {
    const [labelled, said] = [drawing.valueOf(face), drawing.saidOf(face)];
    const isExact = drawing.errorOf(face) !== undefined;
    return labelled === undefined || said === undefined || !isExact ? [] : [{ labelled, said }];
  });

const scopeOf = (
  name: string,
  faces: readonly JudgedFace[],
  attributes: readonly LearnedAttribute[],
  grouping: readonly LearnedAttribute[],
): Scope => ({
  name,
  overall: measureFaces(faces, attributes),
  groups: splitIntoGroups(faces, grouping).map((part) => ({
    group: part.group,
    measures: measureFaces(part.faces, attributes),
  })),
  errors: numbersOf(attributes).map(({ name, drawing }) => ({
    attribute: name,
    ranges: rangeErrors(drawing, faces),
  })),
});

/** The same, photos first: how each analyst did on one folder or all together, and on each group of it. */
export interface ScopeComparison {
  readonly name: string;
  /** What is measured. */
  readonly attributes: readonly LearnedAttribute[];
  readonly results: readonly { readonly analyst: AnalystResult; readonly scope: Scope }[];
  readonly groups: readonly {
    readonly group: Group;
    readonly results: readonly { readonly analyst: AnalystResult; readonly measures: Measures }[];
  }[];
}

export function scopesOf({ analysts, own }: Pick<Benchmark, 'analysts' | 'own'>): ScopeComparison[] {
  const attributes = measuredIn({ own });
  const [first] = analysts;
  return (first?.scopes ?? []).map(({ name, groups }, index) => {
    const results = analysts.flatMap((analyst) => {
      const scope = analyst.scopes[index];
      return scope ? [{ analyst, scope }] : [];
    });
    return {
      name,
      attributes,
      results,
      groups: groups.map(({ group }, place) => ({
        group,
        results: results.flatMap(({ analyst, scope }) => {
          const measures = scope.groups[place]?.measures;
          return measures ? [{ analyst, measures }] : [];
        }),
      })),
    };
  });
}
