import { stringify } from 'csv-stringify/sync';
import type { Face } from '../attributes/face.ts';
import { USUAL_FACTS } from '../attributes/facts.ts';
import type { Fact } from '../attributes/words.ts';
import type { Photo } from '../functions/shared/item.ts';
import { secondsToResult } from './results.ts';

interface Row {
  readonly photo: Photo;
  /** Absent in the one row of a photo without faces. */
  readonly face?: Face;
  readonly number?: number;
}

/**
 * Column names and values; lengths in pixels of the upright photo, confidences 0 to 1, times ISO 8601. As pairs: two of
 * one's own attributes may come to the same name.
 */
const columns = (
  { photo, face, number }: Partial<Row>,
  facts: readonly Fact[],
): (readonly [name: string, value: string | number | undefined])[] => [
  ['photo', photo?.photo],
  ['status', photo?.status],
  ['face', number],
  ['x', face?.box.x],
  ['y', face?.box.y],
  ['width', face?.box.width],
  ['height', face?.box.height],
  ['confidence', face?.confidence],
  ...facts.flatMap((fact) => Object.entries(fact.columns(face ?? {}))),
  ['faces_found', photo?.facesFound],
  ['photo_width', photo?.width],
  ['photo_height', photo?.height],
  ['uploaded_at', photo?.uploadedAt],
  ['completed_at', photo?.completedAt],
  ['seconds', photo && secondsToResult(photo)],
  ['failure', photo?.failure?.message],
];

/**
 * The header line, with its line break.
 * @param facts that have columns
 */
export function formatCsvHeader(facts: readonly Fact[] = USUAL_FACTS): string {
  return stringify([columns({}, facts).map(([name]) => name)]);
}

/** One line per face; a photo that has none, or failed, has one line with its face columns empty. */
export function formatCsv(photo: Photo, facts: readonly Fact[] = USUAL_FACTS): string {
  const faces = photo.faces ?? [];
  const rows: Row[] =
    faces.length > 0 ? faces.map((face, index) => ({ photo, face, number: index + 1 })) : [{ photo }];
  return stringify(
    rows.map((row) => columns(row, facts).map(([, value]) => value)),
    // Keys are anybody's to choose: none may become a formula in a spreadsheet.
    { escape_formulas: true },
  );
}
