import { stringify } from 'csv-stringify/sync';
import { EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import type { LabelledPhoto } from './label.ts';

const COLUMNS: Readonly<Record<string, (photo: LabelledPhoto) => string | number | undefined>> = {
  file: ({ file }) => file,
  ...Object.fromEntries(
    EVERY_ATTRIBUTE.flatMap(({ name, label }) => [
      [name, (photo: LabelledPhoto) => label.format(photo)],
      ...(label.votes?.columns ?? []).map((column, index) => [
        column,
        (photo: LabelledPhoto) => label.votes?.format(photo)[index],
      ]),
    ]),
  ),
  subject: ({ subject }) => subject,
  split: ({ split }) => split,
  fold: ({ fold }) => fold,
  x: ({ box }) => box?.x,
  y: ({ box }) => box?.y,
  width: ({ box }) => box?.width,
  height: ({ box }) => box?.height,
  checked: ({ checked }) => checked && 'yes',
};

/** The labels of any layout as `labels.csv`, which says the same; only columns with a value in some line. */
export function formatLabels(photos: readonly LabelledPhoto[]): string {
  const groups = [...new Set(photos.flatMap((photo) => Object.keys(photo.groups)))].sort();
  const columns = Object.entries(COLUMNS).filter(([, value]) =>
    photos.some((photo) => value(photo) !== undefined),
  );
  const rows = photos.map((photo) => [
    ...columns.map(([, value]) => value(photo)),
    ...groups.map((name) => photo.groups[name]),
  ]);
  // Quoted, so that spaces at the ends of names stay.
  return stringify([[...columns.map(([name]) => name), ...groups], ...rows], { quoted_string: true });
}
