import { area } from '../../vision/bounding-box.ts';
import type { BoundingBox } from '../../vision/engine.ts';
import type { Answer } from './answer.ts';

/** The largest face of a photo. */
export interface Finding {
  readonly said: Answer;
  /** In pixels of the upright photo. */
  readonly box: BoundingBox;
}

/** Anything that finds the largest face of a photo and says how old it is, of which gender, or both. */
export interface Analyst {
  /** As it stands in tables. */
  readonly name: string;
  /**
   * @param bytes of the photo's file
   * @returns nothing when no face is found
   * @throws Error when it can't read the photo
   */
  analyse(bytes: Uint8Array): Promise<Finding | undefined>;
}

/** Which analysts there are: facedrop as it comes, a trained network in its place, and what others use instead. */
export type AnalystKind = 'facedrop' | 'model' | 'face-api' | 'human';

/** The largest of several faces. */
export const largest = <Face extends { readonly box: BoundingBox }>(
  faces: readonly Face[],
): Face | undefined =>
  faces.reduce<Face | undefined>(
    (best, face) => (best === undefined || area(face.box) > area(best.box) ? face : best),
    undefined,
  );
