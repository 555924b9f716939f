import { median } from 'd3-array';
import type { NumberDrawing } from '../../attributes/evaluation.ts';
import { type AttributeName, EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import type { Measures } from '../../models/card.ts';
import type { JudgedFace } from './answer.ts';
import { type RangeErrors, rangeErrors } from './evaluation.ts';
import { type Group, splitIntoGroups } from './groups.ts';
import { measureFaces } from './measures.ts';
import type { Robustness } from './robustness.ts';

/** How an analyst did on the photos of one folder, or of all together. */
export interface Scope {
  /** The folder's name; "all together" of several. */
  readonly name: string;
  readonly overall: Measures;
  readonly groups: readonly { readonly group: Group; readonly measures: Measures }[];
}

export interface AnalystResult {
  readonly name: string;
  /** Median CPU time a photo, of all threads, in milliseconds. */
  readonly cpu: number;
  /** Photos that it couldn't look at; they count as not found. */
  readonly failures: number;
  /** All together first, where there are several folders; then each. */
  readonly scopes: readonly Scope[];
  /** Of all photos, of each attribute that is a number. */
  readonly numbers: readonly NumberResult[];
  readonly robustness?: Robustness;
}

/** How an analyst tells a number. */
export interface NumberResult {
  readonly attribute: AttributeName;
  readonly errors: readonly RangeErrors[];
  /** What was labelled and what was said. */
  readonly pairs: readonly { readonly labelled: number; readonly said: number }[];
}

/** Several analysts on the same photos; `evaluation.json`. */
export interface Benchmark {
  readonly createdAt: string;
  readonly part: string;
  readonly folders: readonly { readonly name: string; readonly photos: number }[];
  readonly analysts: readonly AnalystResult[];
}

/** The answers of an analyst to the photos of each folder, in the same order for every analyst. */
export interface Answers {
  readonly name: string;
  readonly folders: readonly { readonly name: string; readonly faces: readonly JudgedFace[] }[];
  /** Of each photo, in milliseconds. */
  readonly cpu: readonly number[];
  readonly failures: number;
  readonly robustness?: Robustness;
}

export function summarise({ name, folders, cpu, failures, robustness }: Answers): AnalystResult {
  const all = folders.flatMap(({ faces }) => faces);
  return {
    name,
    cpu: median(cpu) ?? 0,
    failures,
    scopes: [
      ...(folders.length > 1 ? [scopeOf('all together', all)] : []),
      ...folders.map((folder) => scopeOf(folder.name, folder.faces)),
    ],
    numbers: EVERY_ATTRIBUTE.flatMap(({ name, evaluation: { drawing } }) =>
      drawing.kind === 'number'
        ? [{ attribute: name, errors: rangeErrors(drawing, all), pairs: pairsOf(drawing, all) }]
        : [],
    ),
    ...(robustness && { robustness }),
  };
}

/** Of labels that are exact. */
const pairsOf = (drawing: NumberDrawing, faces: readonly JudgedFace[]) =>
  faces.flatMap((face) => {
    const [labelled, said] = [drawing.valueOf(face), drawing.saidOf(face)];
    const isExact = drawing.errorOf(face) !== undefined;
    return labelled === undefined || said === undefined || !isExact ? [] : [{ labelled, said }];
  });

const scopeOf = (name: string, faces: readonly JudgedFace[]): Scope => ({
  name,
  overall: measureFaces(faces),
  groups: splitIntoGroups(faces).map((part) => ({ group: part.group, measures: measureFaces(part.faces) })),
});

/** The same, photos first: how each analyst did on one folder or all together, and on each group of it. */
export interface ScopeComparison {
  readonly name: string;
  readonly results: readonly { readonly analyst: AnalystResult; readonly scope: Scope }[];
  readonly groups: readonly {
    readonly group: Group;
    readonly results: readonly { readonly analyst: AnalystResult; readonly measures: Measures }[];
  }[];
}

export function scopesOf(analysts: readonly AnalystResult[]): ScopeComparison[] {
  const [first] = analysts;
  return (first?.scopes ?? []).map(({ name, groups }, index) => {
    const results = analysts.flatMap((analyst) => {
      const scope = analyst.scopes[index];
      return scope ? [{ analyst, scope }] : [];
    });
    return {
      name,
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
