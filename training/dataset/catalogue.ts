import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { sum } from 'd3-array';
import { meaningOf, numberOf } from '../../attributes/cell.ts';
import { ATTRIBUTES, EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import { intersectionOverUnion } from '../../vision/bounding-box.ts';
import type { Batch } from './batch.ts';
import type { Folder, FolderEntry } from './folder.ts';
import { attributeFieldsOf, type LabelledPhoto, type Split } from './label.ts';
import { corrections } from './layouts/corrections.ts';
import { readFolderLabels } from './layouts/index.ts';
import { labelsCsv } from './layouts/labels-csv.ts';
import { isImage } from './layouts/layout.ts';
import { PREPARATION } from './prepared.ts';
import { DatasetError, type DatasetProblem, describeProblem, Problems } from './problem.ts';
import { drawnPositionOf } from './split.ts';

/** In bytes; larger files are no photos of faces. */
const MAXIMUM_BYTES = 100_000_000;
/** Photos of a batch, about, and their bytes: what is prepared within a few minutes, with its photos in memory one by one. */
const BATCH_PHOTOS = 128;
const BATCH_BYTES = 500_000_000;
/** Results are reported for a column's values up to this many; a column with more that are not numbers is left out. */
export const MAXIMUM_GROUPS = 50;

/** A data set that was looked through. */
export interface DatasetIndex {
  readonly layout: string;
  /** Labels that can be used. */
  readonly photos: readonly LabelledPhoto[];
  /** The files that they are about. */
  readonly files: readonly FolderEntry[];
  /** Changes when a photo, a label or the preparation does. */
  readonly contentHash: string;
  readonly batches: readonly Batch[];
  readonly problems: readonly DatasetProblem[];
}

export interface IndexOptions {
  /** How many corrections of one owner count, so that nobody decides alone what is learned. */
  readonly correctionsPerOwner?: number;
}

type Tagged = LabelledPhoto & Pick<FolderEntry, 'tag' | 'size'>;

/**
 * Reads the labels of a folder, leaves out what can't be used, and divides the rest into batches. No photo is
 * read. With an error among the problems nothing should be trained on it.
 * @throws DatasetError when there is nothing to use
 */
export async function indexDataset(
  folder: Folder,
  { correctionsPerOwner = Number.POSITIVE_INFINITY }: IndexOptions = {},
): Promise<DatasetIndex> {
  const entries = await folder.list();
  const problems = new Problems();
  const labelled = await readFolderLabels(
    folder,
    entries.map(({ name }) => name),
    problems,
  );
  const there = findFiles(labelled.photos, entries, problems);
  const found =
    labelled.layout === corrections.name ? capOwners(there, correctionsPerOwner, problems) : there;
  const usable = keepGroups(
    assignSplits(removeDuplicates(checkValues(found, problems), labelled.layout, problems), problems),
    problems,
  );
  if (usable.length === 0) {
    const reasons = problems.list().map(describeProblem).join('\n');
    throw new DatasetError(
      `Expected labelled photos in ${folder.description} but there are none that can be used.\n${reasons}`,
      problems.list(),
    );
  }
  checkVariety(usable, problems);
  const batches = divide(usable);
  const files = new Set(usable.map(({ file }) => file));
  return {
    layout: labelled.layout,
    photos: batches.flatMap(({ photos }) => photos),
    files: entries.filter(({ name }) => files.has(name)),
    contentHash: digest(batches.map(({ hash }) => hash)),
    batches,
    problems: problems.list(),
  };
}

/** @throws DatasetError naming the errors, if there are any */
export function assertUsable({ problems }: Pick<DatasetIndex, 'problems'>): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new DatasetError(errors.map(describeProblem).join('\n'), problems);
}

/** Labels of files that are there. */
export function findFiles(
  photos: readonly LabelledPhoto[],
  entries: readonly FolderEntry[],
  problems: Problems,
): Tagged[] {
  // Systems differ in how they write letters with accents.
  const byName = new Map(entries.map((entry) => [entry.name.normalize('NFC'), entry]));
  const found = photos.flatMap((photo): Tagged[] => {
    const entry = byName.get(photo.file.normalize('NFC'));
    if (!entry) problems.add('missing-file', photo.file);
    else if (entry.size > MAXIMUM_BYTES) problems.add('too-large', `${photo.file} (${entry.size} bytes)`);
    else return [{ ...photo, file: entry.name, tag: entry.tag, size: entry.size }];
    return [];
  });
  const labelled = new Set(found.map(({ file }) => file));
  for (const { name } of entries) {
    if (isImage(name) && !labelled.has(name)) problems.add('no-label', name);
  }
  return found;
}

/** Of each owner's corrections as many as count, chosen by a hash of their names, which their owner does not choose. */
function capOwners(photos: readonly Tagged[], cap: number, problems: Problems): Tagged[] {
  const byOwner = Map.groupBy(photos, ({ file }) => file.slice(0, file.indexOf('/')));
  return [...byOwner].flatMap(([owner, own]) => {
    if (own.length <= cap) return own;
    problems.add('over-cap', `${owner} (${own.length}, of which ${cap} count)`);
    const order = (photo: Tagged) => digestNumber(photo.file);
    return own.toSorted((one, other) => order(one) - order(other)).slice(0, cap);
  });
}

/** Labels that say something, and nothing that can't be. */
export function checkValues(photos: readonly Tagged[], problems: Problems): Tagged[] {
  return photos.filter((photo) => {
    const { file } = photo;
    for (const { label } of ATTRIBUTES) {
      const complaint = label.complain(photo);
      if (!complaint) continue;
      problems.add(complaint.kind, `${file} (${complaint.reason})`);
      return false;
    }
    const isSaid = isLabelled(photo);
    if (!isSaid) problems.add('unlabelled', file);
    return isSaid;
  });
}

const isLabelled = (photo: LabelledPhoto) =>
  EVERY_ATTRIBUTE.some(({ learning }) => learning.isLabelled(photo)) || hasValues(photo.groups);

const hasValues = (groups: LabelledPhoto['groups']) => Object.values(groups).some((value) => value !== '');

/**
 * Keeps one of several equal photos of the same face, with everything their labels say; none when it is not known whose
 * face it is, or when the labels contradict each other. Corrections that contradict each other are no error, as nobody can
 * mend them. Nor are further columns: what they say there is not known.
 */
export function removeDuplicates(photos: readonly Tagged[], layout: string, problems: Problems): Tagged[] {
  const same = [...Map.groupBy(photos, ({ tag }) => tag).values()].flatMap(groupByFace);
  return same.flatMap(([first, ...others]): Tagged[] => {
    if (!first || others.length === 0) return first ? [first] : [];
    const all = [first, ...others];
    const names = all.map((photo) => `${photo.file} (${describeLabel(photo)})`).join(' and ');
    const merged = others.reduce<Tagged | undefined>(merge, first);
    if (areTwoPeople(all, layout, merged !== undefined)) {
      problems.add('two-people', names);
      return [];
    }
    if (merged) problems.add('duplicate', names);
    else problems.add(layout === corrections.name ? 'disagreement' : 'contradiction', names);
    const kept = merged && { ...merged, groups: agreedGroups(all, problems) };
    return kept && isLabelled(kept) ? [kept] : [];
  });
}

/** Two boxes of a photo are of one face from this intersection over union on: two people drew them. */
const SAME_BOX = 0.7;

/** @param photos labels of one photo */
function groupByFace(photos: readonly Tagged[]): Tagged[][] {
  const groups: Tagged[][] = [];
  for (const photo of photos) {
    const group = groups.find(([first]) =>
      first?.box && photo.box
        ? intersectionOverUnion(first.box, photo.box) >= SAME_BOX
        : first?.box === photo.box,
    );
    if (group) group.push(photo);
    else groups.push([photo]);
  }
  return groups;
}

/** The further columns of equal photos, without those in which they contradict each other. */
function agreedGroups(photos: readonly Tagged[], problems: Problems): LabelledPhoto['groups'] {
  const cells = Map.groupBy(
    photos.flatMap(({ groups }) => Object.entries(groups)),
    ([column]) => column,
  );
  return Object.fromEntries(
    [...cells].flatMap(([column, said]) => {
      const [first = '', ...others] = new Map(said.map(([, cell]) => [meaningOf(cell), cell])).values();
      if (others.length === 0) return [[column, first]];
      const files = [...new Set(photos.map(({ file }) => file))].join(' and ');
      problems.add('contradicting-cells', `${files} (${column}: ${[first, ...others].join(', ')})`);
      return [];
    }),
  );
}

/**
 * Whether labels of a picture name different people, or contradict each other where that is no slip: of one and the same
 * file, or in a published set, which nobody is going to mend.
 */
function areTwoPeople(photos: readonly Tagged[], layout: string, agree: boolean): boolean {
  const subjects = new Set(photos.flatMap(({ subject }) => subject ?? []));
  const files = new Set(photos.map(({ file }) => file));
  const isPublished = layout !== labelsCsv.name && layout !== corrections.name;
  return subjects.size > 1 || (!agree && (files.size === 1 || isPublished));
}

/** @returns undefined when the two contradict each other */
function merge(one: Tagged | undefined, other: Tagged): Tagged | undefined {
  if (!one) return undefined;
  // People who chose differently don't contradict each other.
  const voted = Object.assign({}, ...EVERY_ATTRIBUTE.map(({ label }) => label.votes?.add(one, other)));
  const [first, second] = [one, other].map((photo) => attributeFieldsOf({ ...photo, ...voted }));
  const all = { ...first, ...second };
  const agree = isDeepStrictEqual(all, { ...all, ...first });
  return agree ? { ...other, ...one, ...voted } : undefined;
}

const describeLabel = (photo: LabelledPhoto) =>
  EVERY_ATTRIBUTE.flatMap(({ label }) => label.describe(photo) ?? []).join(', ');

/**
 * A person's photos all go where the label of one says. When labels divide a set in two only, the third part is
 * a tenth of what is there to learn from.
 */
export function assignSplits(photos: readonly Tagged[], problems: Problems): Tagged[] {
  const bySubject = new Map<string, Split>();
  for (const { file, subject, split } of photos) {
    if (!subject || !split) continue;
    const other = bySubject.get(subject);
    if (other && other !== split)
      problems.add('subject-in-two-splits', `${subject} (${other}, ${split}: ${file})`);
    bySubject.set(subject, split);
  }
  const given = new Set(photos.map(({ split }) => split));
  const lacking = given.has('train')
    ? (['validation', 'test'] as const).filter((name) => !given.has(name))
    : [];
  return photos.map((photo) => {
    const split = photo.split ?? bySubject.get(photo.subject ?? '');
    if (!split) return photo;
    const part = Math.floor(drawnPositionOf('part', { ...photo, hash: photo.tag }) * 10);
    return { ...photo, split: (split === 'train' && lacking[part]) || split };
  });
}

function keepGroups(photos: readonly Tagged[], problems: Problems): Tagged[] {
  const values = new Map<string, Set<string>>();
  for (const { groups } of photos) {
    for (const [name, value] of Object.entries(groups)) {
      values.set(name, (values.get(name) ?? new Set()).add(value));
    }
  }
  const many = new Set(
    [...values].filter(([, set]) => set.size > MAXIMUM_GROUPS && !areNumbers(set)).map(([name]) => name),
  );
  if (many.size === 0) return [...photos];
  for (const name of many) problems.add('many-values', `${name} (${values.get(name)?.size} values)`);
  return photos.map((photo) => ({
    ...photo,
    groups: Object.fromEntries(Object.entries(photo.groups).filter(([name]) => !many.has(name))),
  }));
}

const areNumbers = (values: ReadonlySet<string>) =>
  [...values].every((value) => numberOf(value) !== undefined);

function checkVariety(photos: readonly LabelledPhoto[], problems: Problems): void {
  for (const { label } of EVERY_ATTRIBUTE) {
    const found = label.findOneClass(photos);
    if (found !== undefined) problems.add('one-class', found);
  }
}

/**
 * The batch of a photo follows from its name alone, and the number of batches is a power of two: a photo more
 * or less changes one batch, not all.
 */
function divide(photos: readonly Tagged[]): Batch[] {
  const bytes = sum(photos, ({ size }) => size);
  const least = Math.max(photos.length / BATCH_PHOTOS, bytes / BATCH_BYTES, 1);
  const bits = Math.ceil(Math.log2(least));
  const batches = Map.groupBy(photos, ({ file }) => digestNumber(file) % 2 ** bits);
  return [...batches]
    .sort(([one], [other]) => one - other)
    .map(([number, members]) => {
      const sorted = members.sort((one, other) => compare(one.file, other.file));
      return {
        name: String(number).padStart(4, '0'),
        hash: digest([PREPARATION, sorted]),
        photos: sorted.map(({ tag: _tag, size: _size, ...photo }) => photo),
      };
    });
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

const digestNumber = (text: string): number => createHash('sha256').update(text).digest().readUInt32BE();

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
