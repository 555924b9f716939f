/** Where in a TIFF file the picture is. */
export type TiffPicture = { readonly page: number } | { readonly subifd: number } | 'raw';

/** What one of a TIFF file's directories says of the picture it describes. */
interface Directory {
  /** A smaller copy of another picture in the file. */
  readonly isReduced: boolean;
  /** A sensor's data, which has yet to be made into a picture. */
  readonly isRaw: boolean;
  readonly pixels: number;
  /** Where the directories are that describe other versions of the picture. */
  readonly children: readonly number[];
}

/** Files may link any number of directories; those of photos are few. */
const MOST_DIRECTORIES = 64;
/** Tags of a directory: more are damage, as libtiff has it, too. */
const MOST_TAGS = 4096;

const TAGS = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  photometric: 262,
  subIfds: 330,
} as const;
/** Bytes of a SHORT, LONG, IFD, LONG8 and IFD8. */
const NUMBER_BYTES: Readonly<Record<number, 2 | 4 | 8>> = { 3: 2, 4: 4, 13: 4, 16: 8, 18: 8 };
/** Values of NewSubfileType's lowest bit and of SubfileType that mark a smaller copy. */
const REDUCED = { bit: 1, old: 2 };
/** Colour filter array, and linear raw (TIFF/EP and DNG). */
const RAW = [32803, 34892];

const signature = (bytes: Uint8Array) => Buffer.from(bytes.subarray(0, 4)).toString('latin1');

/** Whether a file is TIFF, or in one of the many formats that are built like it. */
export const isTiff = (bytes: Uint8Array): boolean =>
  ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(signature(bytes));

/**
 * Finds the picture of a TIFF file: its first page, or if that is marked as a smaller copy, the largest that is not.
 * @returns `raw` when the file is a camera's, with a sensor's data
 */
export function findPicture(bytes: Uint8Array): TiffPicture {
  const file = new TiffFile(bytes);
  const pages = file.pages();
  const [first] = pages;
  const children = (first?.children ?? []).slice(0, MOST_DIRECTORIES).map((at) => file.directory(at));
  if ([...pages, ...children].some((directory) => directory?.isRaw)) return 'raw';
  if (!first?.isReduced) return { page: 0 };
  const page = largest(pages);
  if (page !== undefined) return { page };
  const subifd = largest(children);
  return subifd === undefined ? { page: 0 } : { subifd };
}

/** Which of the pictures that are no smaller copies has the most pixels. */
function largest(directories: readonly (Directory | undefined)[]): number | undefined {
  const [best] = [...directories.entries()]
    .flatMap(([index, directory]) => (directory && !directory.isReduced ? [{ index, ...directory }] : []))
    .sort((one, other) => other.pixels - one.pixels);
  return best?.index;
}

/** Reads directories; what is damaged reads as absent, as the decoder is to judge it. */
class TiffFile {
  readonly #view: DataView;
  readonly #littleEndian: boolean;
  /** Offsets have 8 bytes rather than 4. */
  readonly #isBig: boolean;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#littleEndian = bytes[0] === 0x49;
    this.#isBig = signature(bytes).includes('+');
  }

  /** The directories that follow one another, each of which describes a page. */
  pages(): Directory[] {
    const pages = new Map<number, Directory>();
    let at = this.#isBig ? this.#number(8, 8) : this.#number(4, 4);
    // They may lead in a circle.
    while (at && !pages.has(at) && pages.size < MOST_DIRECTORIES) {
      const directory = this.directory(at);
      if (!directory) break;
      pages.set(at, directory);
      at = this.#offset(this.#end(at));
    }
    return [...pages.values()];
  }

  directory(at: number): Directory | undefined {
    const count = this.#count(at);
    if (!count || count > MOST_TAGS) return undefined;
    const values = new Map<number, number[]>();
    const wanted = new Set<number>(Object.values(TAGS));
    for (let index = 0; index < count; index++) {
      const entry = at + (this.#isBig ? 8 + index * 20 : 2 + index * 12);
      const tag = this.#number(entry, 2);
      // Once, however often a directory has it.
      if (tag !== undefined && wanted.delete(tag)) values.set(tag, this.#values(entry));
    }
    const first = (tag: number) => values.get(tag)?.[0] ?? 0;
    return {
      isReduced: (first(TAGS.newSubfileType) & REDUCED.bit) !== 0 || first(TAGS.subfileType) === REDUCED.old,
      isRaw: RAW.includes(first(TAGS.photometric)),
      pixels: first(TAGS.width) * first(TAGS.height),
      children: values.get(TAGS.subIfds) ?? [],
    };
  }

  #values(entry: number): number[] {
    const bytes = NUMBER_BYTES[this.#number(entry + 2, 2) ?? 0];
    const [count = 0, inline] = this.#isBig
      ? [this.#number(entry + 4, 8), { at: entry + 12, bytes: 8 }]
      : [this.#number(entry + 4, 4), { at: entry + 8, bytes: 4 }];
    if (!bytes) return [];
    const start = count * bytes <= inline.bytes ? inline.at : this.#offset(inline.at);
    if (start === undefined) return [];
    return Array.from({ length: Math.min(count, MOST_DIRECTORIES) }, (_, index) =>
      this.#number(start + index * bytes, bytes),
    ).filter((value) => value !== undefined);
  }

  #count = (at: number) => this.#number(at, this.#isBig ? 8 : 2);
  #end = (at: number) =>
    at + (this.#isBig ? 8 + 20 * (this.#count(at) ?? 0) : 2 + 12 * (this.#count(at) ?? 0));
  #offset = (at: number) => this.#number(at, this.#isBig ? 8 : 4);

  #number(at: number, bytes: 2 | 4 | 8): number | undefined {
    if (at + bytes > this.#view.byteLength) return undefined;
    if (bytes === 2) return this.#view.getUint16(at, this.#littleEndian);
    if (bytes === 4) return this.#view.getUint32(at, this.#littleEndian);
    return Number(this.#view.getBigUint64(at, this.#littleEndian));
  }
}
