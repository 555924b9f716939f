import type { Statistic } from '../../attributes/evaluation.ts';
import { attributeOf, attributesWith, nameOf, type Task } from '../../attributes/list.ts';
import type { JudgedFace } from './answer.ts';
import { type BootstrapOptions, bootstrap, type Difference } from './bootstrap.ts';
import { type Group, splitIntoGroups } from './groups.ts';
import { formatAmount, formatDifference, statisticOf } from './statistic.ts';

/** When a model may go into service by itself. */
export interface Margins extends BootstrapOptions {
  /** With fewer faces to compare on, nothing is decided. */
  readonly minimumFaces: number;
  /** Groups with fewer faces are reported but can't prevent anything. */
  readonly minimumGroupFaces: number;
  /** The same for people, overall and in groups: resampling few people leaves out too few of them to show what is chance. */
  readonly minimumPeople: number;
  /** By how many years a group's mean absolute error may be larger than that of the model in service. */
  readonly years: number;
  /** By how much a group's share of right answers may be smaller, 0 to 1. */
  readonly share: number;
}

export const MARGINS: Margins = {
  minimumFaces: 100,
  minimumGroupFaces: 30,
  minimumPeople: 20,
  years: 1,
  share: 0.03,
};

/** What a candidate is compared with. */
export interface Opponent {
  /** In the middle of a sentence. */
  readonly name: string;
  /** Whether no group may be worse off than with it. */
  readonly hasGroups: boolean;
  /** With fewer faces nothing is decided, even where the margins would. */
  readonly minimumFaces: number;
}

const MODEL_IN_SERVICE: Opponent = {
  name: 'the model in service',
  hasGroups: true,
  minimumFaces: Number.POSITIVE_INFINITY,
};

/**
 * Where nothing is in service: the same answer to every face. It is always right about some group, and whoever labels a
 * first few hundred photos wants to see what comes of them.
 */
export const CONSTANT_ANSWER: Opponent = { name: 'the constant answer', hasGroups: false, minimumFaces: 10 };

/** In small groups one face more or less is chance. Erring on the side of caution, less certainty is asked for than of an improvement. */
const PROBABLY_CHANCE = 0.2;

/** Candidate less model in service: of faces that both models answer, on the same labels. */
export interface Comparison {
  /** Name of one of the attribute's statistics. */
  readonly statistic: string;
  /** Absent when there is no face to compare on. */
  readonly overall?: Difference;
  readonly groups: readonly { readonly group: Group; readonly difference: Difference }[];
}

export interface Decision {
  /** What the candidate was compared with, in words. */
  readonly against: string;
  readonly promote: boolean;
  /** In sentences. */
  readonly reasons: readonly string[];
  readonly comparison: Comparison;
  readonly margins: Margins;
}

/**
 * Decides whether a trained model takes the place of the one in service: it must be better by more than chance, by the
 * first of the attribute's statistics that is known of enough faces, and no group of people may be worse off by more than
 * a margin, unless that is likely to be chance (p ≥ 0.2).
 * @param candidate and `inService` are about the same faces, matched by `face`; others are left out
 * @param opponent what `inService` are the answers of
 */
export function decide(
  task: Task,
  candidate: readonly JudgedFace[],
  inService: readonly JudgedFace[],
  margins: Partial<Margins> = {},
  opponent: Opponent = MODEL_IN_SERVICE,
): Decision {
  const asked = { ...MARGINS, ...margins };
  const limits = { ...asked, minimumFaces: Math.min(asked.minimumFaces, opponent.minimumFaces) };
  const comparison = compare(task, candidate, inService, limits);
  const { overall, groups } = comparison;
  const statistic = statisticOf(task, comparison.statistic);
  const { faces = 0, people = 0 } = overall ?? {};
  const fewestPeople = Math.min(limits.minimumPeople, limits.minimumFaces);
  if (!overall || faces < limits.minimumFaces || people < fewestPeople) {
    const reason = `Too few labelled test faces to compare the models on: ${faces} faces of ${people} people; at least ${limits.minimumFaces} faces of ${fewestPeople} people are needed.`;
    return { against: opponent.name, promote: false, reasons: [reason], comparison, margins: limits };
  }
  const sign = statistic.more ? 1 : -1;
  const better = Math.min(sign * overall.low, sign * overall.high) > 0;
  const margin = marginOf(statistic, limits);
  const worse = (opponent.hasGroups ? groups : []).filter(
    ({ difference: { mean, faces, people, p } }) =>
      faces >= limits.minimumGroupFaces &&
      people >= limits.minimumPeople &&
      -sign * mean > margin &&
      p < PROBABLY_CHANCE,
  );
  return {
    against: opponent.name,
    promote: better && worse.length === 0,
    reasons: [
      `${better ? 'Better' : 'Not better'} than ${opponent.name} by more than chance: ${formatDifference(statistic, overall)}.`,
      ...worse.map(
        ({ group: { column, value }, difference }) =>
          `Worse for ${column} "${value}" by more than the margin of ${formatAmount(statistic, margin)}: ${formatDifference(statistic, difference)}.`,
      ),
    ],
    margins: limits,
    comparison,
  };
}

/** By how much a group may be worse off, in the statistic's own unit. */
export const marginOf = ({ margin, scale = 1 }: Statistic, margins: Margins): number =>
  scale * margins[margin];

function compare(
  task: Task,
  candidate: readonly JudgedFace[],
  inService: readonly JudgedFace[],
  limits: Margins,
): Comparison {
  const others = new Map(inService.map((face) => [face.face, face]));
  const pairs = candidate.flatMap((face) => {
    const other = others.get(face.face);
    return other ? [{ ...face, other }] : [];
  });
  const differences = (statistic: Statistic, faces: readonly (typeof pairs)[number][]) =>
    faces.flatMap(({ other, ...face }) => {
      const [own, others] = [statistic.of(face), statistic.of(other)];
      return own === undefined || others === undefined
        ? []
        : [{ value: own - others, subject: face.subject }];
    });
  const { statistics } = attributeOf(task).evaluation;
  const candidates = statistics.map((statistic) => ({ statistic, all: differences(statistic, pairs) }));
  const chosen = candidates.find(({ all }) => all.length >= limits.minimumFaces) ?? candidates.at(-1);
  if (!chosen)
    throw new Error(`Expected something to compare models of ${nameOf(task)} by but there is nothing.`);
  const { statistic, all } = chosen;
  return {
    statistic: statistic.name,
    ...(all.length > 0 && { overall: bootstrap(all, limits) }),
    groups: splitIntoGroups(pairs, attributesWith(task)).flatMap(({ group, faces }) => {
      const own = differences(statistic, faces);
      return own.length > 0 ? [{ group, difference: bootstrap(own, limits) }] : [];
    }),
  };
}
