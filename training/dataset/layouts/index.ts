import type { Folder } from '../folder.ts';
import type { LabelledPhoto } from '../label.ts';
import { DatasetError, type Problems } from '../problem.ts';
import { adience } from './adience.ts';
import { allAgeFaces } from './all-age-faces.ts';
import { corrections } from './corrections.ts';
import { ferPlus } from './ferplus.ts';
import { imdbWiki } from './imdb-wiki.ts';
import { labelsCsv } from './labels-csv.ts';
import type { Layout } from './layout.ts';
import { utkFace } from './utkface.ts';

/** The first one that matches counts: whoever writes a labels.csv means it. */
const LAYOUTS: readonly Layout[] = [labelsCsv, adience, imdbWiki, ferPlus, corrections, utkFace, allAgeFaces];

export interface LabelledFolder {
  /** Name of the layout. */
  readonly layout: string;
  readonly photos: readonly LabelledPhoto[];
}

/**
 * Reads a folder's labels, in whichever layout they are.
 * @param names of all files in the folder
 * @throws DatasetError when the folder is empty or in none of the layouts
 */
export async function readFolderLabels(
  folder: Folder,
  names: readonly string[],
  problems: Problems,
): Promise<LabelledFolder> {
  if (names.length === 0) {
    throw new DatasetError(`Expected photos in ${folder.description} but it is empty.`);
  }
  const layout = LAYOUTS.find((each) => each.matches(names));
  if (layout) return { layout: layout.name, photos: await layout.read(folder, names, problems) };
  const deeper = names.find((name) => name.endsWith('/labels.csv'));
  const expected = LAYOUTS.map((each) => `${each.expected}`).join('; or ');
  const received = names.slice(0, 3).join(', ');
  throw new DatasetError(
    deeper
      ? `Expected labels.csv at the top of ${folder.description} but found ${deeper}. Name the folder that holds it.`
      : `Expected in ${folder.description} ${expected}; but received ${names.length} files such as ${received}.`,
  );
}
