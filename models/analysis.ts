import type { Part } from '../attributes/attribute.ts';
import { isAttribute, type PartName } from '../attributes/list.ts';
import { OWN } from '../attributes/own/definition.ts';
import { type ChipSpec, distinctChips } from '../vision/chip-spec.ts';
import type { FaceDetector } from '../vision/engine.ts';
import { type FaceOptions, type FoundFace, findFaces } from '../vision/faces.ts';
import { decodePhoto } from '../vision/photo.ts';
import type { Estimator } from './estimator.ts';
import type { PhotoChips } from './photo-chips.ts';

/**
 * Lets several estimators look at the faces of a photo. A network that several of them share looks once.
 * @returns what each attribute of the list, and all own ones together, add to each face
 */
export async function estimateFaces(
  estimators: readonly Estimator[],
  photo: PhotoChips,
): Promise<Map<PartName, Part[]>> {
  return gather(
    await Promise.all(
      estimators.map(async (estimator) => [estimator.attribute, await estimator.estimate(photo)] as const),
    ),
  );
}

/** Own attributes are fields of one: `attributes`. */
function gather(told: readonly (readonly [name: string, parts: Part[]])[]): Map<PartName, Part[]> {
  const gathered = new Map<PartName, Part[]>();
  const own: Part[][] = [];
  for (const [name, parts] of told) {
    if (isAttribute(name)) gathered.set(name, parts);
    else own.push(parts);
  }
  const [first] = own;
  if (!first) return gathered;
  const together = first.map((_, face) => ({
    attributes: Object.assign({}, ...own.map((parts) => parts[face])),
  }));
  return gathered.set(OWN, together);
}

/** The chips that several estimators look at. */
export const chipsFor = (estimators: readonly Pick<Estimator, 'chips'>[]): ChipSpec[] =>
  distinctChips(estimators.flatMap(({ chips }) => chips));

export interface AnalysisOptions extends Omit<FaceOptions, 'chips'> {
  readonly maximumPixels: number;
}

/** What looks at a photo. */
export interface Models {
  readonly detector: FaceDetector;
  readonly estimators: readonly Estimator[];
}

/** A face, and what was estimated of it. */
export interface ToldFace extends FoundFace {
  readonly told: Part;
}

export interface Analysis {
  readonly width: number;
  readonly height: number;
  readonly found: number;
  /** Largest first. */
  readonly faces: readonly ToldFace[];
}

/**
 * From a photo's bytes to its faces and their estimates, in one process: what the functions of the pipeline do between
 * them.
 * @throws PhotoError when the photo itself is at fault
 */
export async function analysePhoto(
  { detector, estimators }: Models,
  bytes: Uint8Array,
  { maximumPixels, ...options }: AnalysisOptions,
): Promise<Analysis> {
  const photo = await decodePhoto(bytes, maximumPixels);
  const specs = chipsFor(estimators);
  const { faces, found, chips } = await findFaces(photo, detector, { ...options, chips: specs });
  const parts = [
    ...(
      await estimateFaces(estimators, { specs, chips, faces: faces.map((face) => ({ ...face })) })
    ).values(),
  ];
  return {
    width: photo.width,
    height: photo.height,
    found,
    faces: faces.map((face, index) => ({
      ...face,
      told: Object.assign({}, ...parts.map((each) => each[index])),
    })),
  };
}
