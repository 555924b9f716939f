import { stringify } from 'csv-stringify/sync';
import type { Face } from '../attributes/face.ts';
import type { Photo } from '../functions/shared/item.ts';
import { secondsToResult } from './results.ts';

interface Row {
  readonly photo: Photo;
  /** Absent in the one row of a photo without faces. */
  readonly face?: Face;
  readonly number?: number;
}

/** Column names and values; lengths in pixels of the upright photo, confidences 0 to 1, times ISO 8601. */
const COLUMNS: Readonly<Record<string, (row: Row) => string | number | undefined>> = {
  photo: ({ photo }) => photo.photo,
  status: ({ photo }) => photo.status,
  face: ({ number }) => number,
  x: ({ face }) => face?.box.x,
  y: ({ face }) => face?.box.y,
  width: ({ face }) => face?.box.width,
  height: ({ face }) => face?.box.height,
  confidence: ({ face }) => face?.confidence,
  age: ({ face }) => face?.age?.years,
  age_low: ({ face }) => face?.age?.low,
  age_high: ({ face }) => face?.age?.high,
  age_group: ({ face }) => face?.age?.group,
  gender: ({ face }) => face?.gender?.gender,
  gender_confidence: ({ face }) => face?.gender?.confidence,
  score: ({ face }) => face?.score,
  faces_found: ({ photo }) => photo.facesFound,
  photo_width: ({ photo }) => photo.width,
  photo_height: ({ photo }) => photo.height,
  uploaded_at: ({ photo }) => photo.uploadedAt,
  completed_at: ({ photo }) => photo.completedAt,
  seconds: ({ photo }) => secondsToResult(photo),
  failure: ({ photo }) => photo.failure?.message,
};

/** The header line, with its line break. */
export function formatCsvHeader(): string {
  return stringify([Object.keys(COLUMNS)]);
}

/** One line per face; a photo that has none, or failed, has one line with its face columns empty. */
export function formatCsv(photo: Photo): string {
  const faces = photo.faces ?? [];
  const rows: Row[] =
    faces.length > 0 ? faces.map((face, index) => ({ photo, face, number: index + 1 })) : [{ photo }];
  return stringify(
    rows.map((row) => Object.values(COLUMNS).map((value) => value(row))),
    // Keys are anybody's to choose: none may become a formula in a spreadsheet.
    { escape_formulas: true },
  );
}
