import { type Recognizer, referenceOf, type Vector } from '../../models/recognizer.ts';
import { areaUnderCurve } from '../../support/auc.ts';

export interface KnownFace {
  readonly person: string;
  readonly vector: Vector;
}

/** How well the distance of two faces tells whether they are of one person. */
export interface LikenessMeasures {
  readonly faces: number;
  readonly people: number;
  /** Pairs of faces of one person, and of two. */
  readonly pairs: { readonly same: number; readonly other: number };
  /** Area under the ROC curve. */
  readonly auc: number;
  /** Median likeness in pairs, from 0 to 100. */
  readonly likeness: { readonly same: number; readonly other: number };
  /** Share of pairs of one person that are likelier so than not, at the same time of pairs of two. */
  readonly halves: { readonly same: number; readonly other: number };
  /** Share of faces that are most like the same person, by all other faces of each. */
  readonly nearest: number;
  /** What the card's probability would be, were it fitted on these pairs, or against strangers where there are some. */
  readonly fitted: RecognizerFit;
}

/** What is said of people who are like each other in group and sex, and are not the same. */
export interface StrangerMeasures {
  readonly group: string;
  readonly faces: number;
  readonly pairs: number;
  /** Median, from 0 to 100. */
  readonly likeness: number;
  /** Share of pairs that are likelier to be of one person than not. */
  readonly half: number;
}

export interface RecognizerFit {
  readonly even: number;
  readonly slope: number;
}

/**
 * Compares every face with every other, and with all people by their other faces.
 * @param strangers faces of different people, by their groups: what the probability is fitted against
 * @throws Error where no two are of one person, or all are
 */
export function judgeLikeness(
  faces: readonly KnownFace[],
  recognizer: Recognizer,
  strangers: StrangersByGroup = new Map(),
): LikenessMeasures {
  const people = [...Map.groupBy(faces, ({ person }) => person).values()];
  const { same, other } = distancesOf(faces, recognizer);
  const auc = areaUnderCurve(
    same.map((apart) => -apart),
    other.map((apart) => -apart),
  );
  if (auc === undefined) {
    throw new Error(
      `Expected several photos of a person, and photos of others, but received ${faces.length} faces of ${people.length} people. Put the photos of each person into a separate folder.`,
    );
  }
  const likeness = (apart: number) => 100 * recognizer.probability(apart);
  return {
    faces: faces.length,
    people: people.length,
    pairs: { same: same.length, other: other.length },
    auc,
    likeness: { same: likeness(median(same)), other: likeness(median(other)) },
    halves: {
      same: shareOf(same, (apart) => likeness(apart) > 50),
      other: shareOf(other, (apart) => likeness(apart) > 50),
    },
    nearest: nearestIsSame(people, recognizer),
    fitted: fitProbability(
      same,
      strangers.size === 0 ? other : [...strangers.values()].flatMap((group) => apartIn(group, recognizer)),
    ),
  };
}

export type StrangersByGroup = ReadonlyMap<string, readonly Vector[]>;

/** Compares the people of each group with one another. */
export const judgeStrangers = (strangers: StrangersByGroup, recognizer: Recognizer): StrangerMeasures[] =>
  [...strangers].map(([group, vectors]) => {
    const apart = apartIn(vectors, recognizer);
    const probabilities = apart.map((each) => recognizer.probability(each));
    return {
      group,
      faces: vectors.length,
      pairs: apart.length,
      likeness: 100 * median(probabilities),
      half: shareOf(probabilities, (each) => each > 0.5),
    };
  });

const apartIn = (vectors: readonly Vector[], recognizer: Recognizer): number[] =>
  vectors.flatMap((vector, index) =>
    vectors.slice(index + 1).map((other) => recognizer.distance(other, { vector, photos: 1 })),
  );

function distancesOf(faces: readonly KnownFace[], recognizer: Recognizer) {
  const same: number[] = [];
  const other: number[] = [];
  for (const [index, one] of faces.entries()) {
    const reference = { vector: one.vector, photos: 1 };
    for (const later of faces.slice(index + 1)) {
      (one.person === later.person ? same : other).push(recognizer.distance(later.vector, reference));
    }
  }
  return { same, other };
}

/** Share of faces that lie nearer to the other faces of the same person than to anybody else's, where there are others. */
function nearestIsSame(people: readonly (readonly KnownFace[])[], recognizer: Recognizer): number {
  const references = people.map((faces) => referenceOf(faces.map(({ vector }) => vector)));
  const right = people.flatMap((faces, own) =>
    faces.length < 2
      ? []
      : faces.map((face) => {
          const rest = referenceOf(faces.filter((each) => each !== face).map(({ vector }) => vector));
          const apart = recognizer.distance(face.vector, rest);
          return references.every(
            (reference, index) => index === own || recognizer.distance(face.vector, reference) > apart,
          );
        }),
  );
  return shareOf(right, Boolean);
}

const shareOf = <T>(all: readonly T[], holds: (each: T) => boolean): number =>
  all.filter(holds).length / all.length;

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;
}

/** Steps of Newton's method, far more than it takes. */
const STEPS = 50;
/** Keeps it finite where a limit parts all pairs. */
const PENALTY = 1e-7;

/**
 * Logistic regression by Newton's method: the probability that two faces are of one person, by their distance. All pairs of
 * one person together count as much as all others.
 */
export function fitProbability(same: readonly number[], other: readonly number[]): RecognizerFit {
  let [offset, factor] = [0, 0];
  const groups = [
    { target: 1, distances: same, weight: 0.5 / same.length },
    { target: 0, distances: other, weight: 0.5 / other.length },
  ];
  for (let step = 0; step < STEPS; step++) {
    // Gradient, and the matrix of second derivatives.
    let [g0, g1, h00, h01, h11] = [-PENALTY * offset, -PENALTY * factor, PENALTY, 0, PENALTY];
    for (const { target, distances, weight } of groups) {
      for (const apart of distances) {
        const expected = 1 / (1 + Math.exp(-(offset + factor * apart)));
        const error = weight * (target - expected);
        const curvature = weight * expected * (1 - expected);
        g0 += error;
        g1 += error * apart;
        h00 += curvature;
        h01 += curvature * apart;
        h11 += curvature * apart * apart;
      }
    }
    const determinant = h00 * h11 - h01 * h01;
    offset += (h11 * g0 - h01 * g1) / determinant;
    factor += (h00 * g1 - h01 * g0) / determinant;
  }
  return { even: -offset / factor, slope: -factor };
}
