import { createHash } from 'node:crypto';
import { area } from '../../vision/bounding-box.ts';
import { assignSplits, checkValues, findFiles, removeDuplicates } from '../dataset/catalogue.ts';
import { type Folder, LocalFolder, MissingFileError } from '../dataset/folder.ts';
import type { LabelledPhoto } from '../dataset/label.ts';
import { readFolderLabels } from '../dataset/layouts/index.ts';
import { type DatasetProblem, Problems } from '../dataset/problem.ts';
import { splitOf } from '../dataset/split.ts';

/**
 * Which photos are judged on: all; the half that `training/calibration` doesn't learn from; or one of the parts that
 * a training divides the data set into, of which only `test` has no influence on the network.
 */
export const PARTS = ['all', 'held-out', 'train', 'validation', 'test'] as const;
export type Part = (typeof PARTS)[number];

export interface PhotoSelection {
  readonly part: Part;
  /** At most this many photos of each folder, spread over it by a hash of their names. */
  readonly photos: number;
}

/** A labelled photo, and where it lies. */
export interface ChosenPhoto extends LabelledPhoto {
  readonly folder: Folder;
}

export interface ChosenPhotos {
  readonly photos: readonly ChosenPhoto[];
  /** What is wrong with the data set; what is at fault is left out. */
  readonly problems: readonly DatasetProblem[];
}

/**
 * Chooses labelled photos of a folder, the same ones every time.
 * @param path of a folder in any layout that a data set may have
 * @throws DatasetError when it is none
 * @throws Error when no photo is left
 */
export async function choosePhotos(
  path: string,
  { part, photos: limit }: PhotoSelection,
): Promise<ChosenPhotos> {
  const folder = new LocalFolder(path);
  const entries = await folder.list();
  const names = entries.map(({ name }) => name);
  const problems = new Problems();
  const labelled = await readFolderLabels(folder, names, problems);
  const found = checkValues(findFiles(labelled.photos, entries, problems), problems);
  // As a training has it.
  const usable = assignSplits(removeDuplicates(found, labelled.layout, problems), problems);
  const ordered = onePerPhoto(usable).sort((one, other) => placeOf(one.file) - placeOf(other.file));
  const photos: ChosenPhoto[] = [];
  for (const [index, photo] of ordered.entries()) {
    if (photos.length >= limit) break;
    if (await isIn(part, photo, index, folder)) photos.push({ ...photo, folder });
  }
  if (photos.length === 0) {
    const which = part === 'all' ? '' : ` in the part ${part}`;
    throw new Error(
      `Expected labelled photos${which} of ${folder.description} but there are none. Check the labels${part === 'all' ? '' : ', or choose another part'}.`,
    );
  }
  return { photos, problems: problems.list() };
}

/** Keeps the largest of a photo's labelled faces: it is the one that analysts are asked about. */
function onePerPhoto(photos: readonly LabelledPhoto[]): LabelledPhoto[] {
  const size = ({ box }: LabelledPhoto) => (box ? area(box) : 0);
  return [...Map.groupBy(photos, ({ file }) => file).values()].flatMap((faces) =>
    faces.toSorted((one, other) => size(other) - size(one)).slice(0, 1),
  );
}

async function isIn(part: Part, photo: LabelledPhoto, index: number, folder: Folder): Promise<boolean> {
  if (part === 'all') return true;
  // The calibration learns from every other one, in this order.
  if (part === 'held-out') return index % 2 === 1;
  try {
    const hash = createHash('sha256')
      .update(await folder.read(photo.file))
      .digest('hex');
    return splitOf({ ...photo, hash }) === part;
  } catch (error) {
    if (error instanceof MissingFileError) return false;
    throw error;
  }
}

/** A fixed number from 0 to 1, 1 excluded, for each file name. */
const placeOf = (file: string): number => createHash('sha256').update(file).digest().readUInt32BE() / 2 ** 32;
