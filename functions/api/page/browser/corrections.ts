import type { BoundingBox } from '../../../../vision/engine.ts';
import type { Correction } from '../face-card.ts';
import { correctFace, type KeptPhoto, keepPhoto } from './kept-photo.ts';
import { findSame } from './overlap.ts';
import { type Photo, withoutMetadata } from './photo.ts';
import { erasePhoto, ProblemError } from './service.ts';
import { texts } from './texts.ts';

/** A photo that the user let the service keep, with the corrections by the faces' places in the prediction. */
export interface Kept {
  readonly photo: KeptPhoto;
  readonly corrections: ReadonlyMap<number, Correction>;
}

export interface CorrectedFace {
  /** Its place in the prediction, and where it was found: in pixels of a photo as wide as `width`. */
  readonly index: number;
  readonly box: BoundingBox;
  readonly width: number;
}

/**
 * Keeps a correction, and with the first one the photo, as the prediction stored nothing.
 * @param kept what was kept before
 * @param onStep told in words what is being done
 * @throws ProblemError; a photo without any correction is then not kept
 */
export async function keepCorrection(
  original: Photo,
  face: CorrectedFace,
  correction: Correction,
  kept: Kept | undefined,
  onStep: (words: string) => void,
): Promise<Kept> {
  onStep(texts().uploading);
  const photo =
    kept?.photo ?? (await keepPhoto(await withoutMetadata(original), () => onStep(texts().analysing)));
  try {
    const boxes = photo.faces.map(({ box }) => box);
    const same = findSame(face.box, boxes, face.width / photo.width);
    if (same === undefined) throw new ProblemError({ type: 'no-match', status: 422 });
    onStep(texts().saving);
    await correctFace(photo.id, same, correction);
  } catch (error) {
    if (!kept) await erasePhoto(photo.id).catch(() => {});
    throw error;
  }
  return { photo, corrections: new Map(kept?.corrections).set(face.index, correction) };
}
