import { area, intersectionOverUnion } from '../../vision/bounding-box.ts';
import type { BoundingBox } from '../../vision/engine.ts';
import { SAME_FACE } from '../dataset/box-check.ts';
import type { Answer } from './answer.ts';

/** A face of a photo. */
export interface Finding {
  readonly said: Answer;
  /** In pixels of the upright photo. */
  readonly box: BoundingBox;
}

/** Anything that finds the faces of a photo and says how old they are, of which gender, or both. */
export interface Analyst {
  /** As it stands in tables. */
  readonly name: string;
  /**
   * @param bytes of the photo's file
   * @param maximumFaces how many are wanted, the largest ones; who always looks at all may give more
   * @throws Error when it can't read the photo
   */
  analyse(bytes: Uint8Array, maximumFaces: number): Promise<Finding[]>;
}

/** Which analysts there are: facedrop as it comes, a trained network in its place, and what others use instead. */
export type AnalystKind = 'facedrop' | 'model' | 'face-api' | 'human';

/** The face that a label is about: the one in its box; the largest where it has none. */
export function faceOf(
  label: { readonly box?: BoundingBox | undefined },
  faces: readonly Finding[],
): Finding | undefined {
  const { box } = label;
  if (!box) return largest(faces);
  const overlapWith = (face: Finding) => intersectionOverUnion(face.box, box);
  const [nearest] = faces.toSorted((one, other) => overlapWith(other) - overlapWith(one));
  return nearest && overlapWith(nearest) >= SAME_FACE ? nearest : undefined;
}

/** The largest of several faces. */
export const largest = <Face extends { readonly box: BoundingBox }>(
  faces: readonly Face[],
): Face | undefined =>
  faces.reduce<Face | undefined>(
    (best, face) => (best === undefined || area(face.box) > area(best.box) ? face : best),
    undefined,
  );
