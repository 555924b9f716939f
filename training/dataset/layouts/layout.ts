import type { Folder } from '../folder.ts';
import type { LabelledPhoto } from '../label.ts';
import type { Problems } from '../problem.ts';

/** A way in which data sets say what their photos show. */
export interface Layout {
  readonly name: string;
  /** What the folder must hold, in a few words. */
  readonly expected: string;
  /** @param names of all files in the folder */
  matches(names: readonly string[]): boolean;
  /**
   * Reads the labels. Files need not exist, and ages may be out of range: that is checked for every layout alike.
   * @param problems collects labels that are not understood and left out
   * @throws DatasetError when nothing is as the layout wants it
   */
  read(folder: Folder, names: readonly string[], problems: Problems): Promise<LabelledPhoto[]>;
}

const IMAGE = /\.(jpe?g|png|apng|webp|avif|gif|tiff?)$/i;

export const isImage = (name: string): boolean => IMAGE.test(name);

/** The last part of a path. */
export const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A path's folder, with a slash at its end; '' for the top. */
export const folderName = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Whether at least half of the images are named so; there may be others among them. */
export function mostImages(names: readonly string[], pattern: RegExp): boolean {
  const images = names.filter(isImage);
  const named = images.filter((name) => pattern.test(fileName(name)));
  return named.length > 0 && 2 * named.length >= images.length;
}
