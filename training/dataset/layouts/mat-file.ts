import { inflateSync } from 'node:zlib';
import { DatasetError } from '../problem.ts';

/** A MATLAB array: numbers and cells in column order; of a struct array, its first element. */
export type MatValue =
  | { readonly kind: 'numbers'; readonly numbers: readonly number[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'cells'; readonly cells: readonly MatValue[] }
  | { readonly kind: 'struct'; readonly fields: ReadonlyMap<string, MatValue> };

const HEADER_BYTES = 128;
/** Where the header says in which order bytes are, by the letters "MI" as a number of two bytes. */
const ORDER_OFFSET = 126;
const LITTLE_ENDIAN = 'IM';
/** No set's labels are as large, even unpacked. */
const MAXIMUM_UNPACKED = 2 ** 30;

const MATRIX = 14;
const COMPRESSED = 15;
/** Types of numbers: bytes of each, and how to read one. */
const NUMBERS: Readonly<
  Record<number, readonly [number, (view: DataView, at: number, little: boolean) => number]>
> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, little) => view.getInt16(at, little)],
  4: [2, (view, at, little) => view.getUint16(at, little)],
  5: [4, (view, at, little) => view.getInt32(at, little)],
  6: [4, (view, at, little) => view.getUint32(at, little)],
  7: [4, (view, at, little) => view.getFloat32(at, little)],
  9: [8, (view, at, little) => view.getFloat64(at, little)],
  12: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  13: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
  // UTF-8, UTF-16 and UTF-32; only the last needs no decoding.
  18: [4, (view, at, little) => view.getUint32(at, little)],
};
const [UTF8, UTF16] = [16, 17];
/** Classes of arrays; all others are numbers. */
const [CELL, STRUCT, CHARACTERS] = [1, 2, 4];

/**
 * Reads a MATLAB file of level 5 (versions 5 to 7), packed or not: numbers, text, cells and structs.
 * Format: "MAT-File Format", The MathWorks.
 * @returns the file's variables by their names
 * @throws DatasetError when it is damaged or of another version
 */
export function readMatFile(bytes: Uint8Array, name: string): Map<string, MatValue> {
  const complain = (what: string, cause?: unknown) =>
    new DatasetError(`Expected ${name} to be a MATLAB file of version 5 to 7 but ${what}.`, [], { cause });
  const header = Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('latin1');
  if (header.startsWith('MATLAB 7.3')) {
    throw complain('it is of version 7.3. Save it in MATLAB with the option -v7');
  }
  if (bytes.length <= HEADER_BYTES || !header.startsWith('MATLAB 5.0')) throw complain('it is another file');
  const little = header.slice(ORDER_OFFSET) === LITTLE_ENDIAN;
  try {
    const reader = new Reader(bytes.subarray(HEADER_BYTES), little);
    const variables = new Map<string, MatValue>();
    while (!reader.atEnd()) reader.variable(variables);
    return variables;
  } catch (cause) {
    throw complain('it is damaged', cause);
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, little: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
  }

  atEnd = (): boolean => this.#at >= this.#bytes.length;

  variable(variables: Map<string, MatValue>): void {
    const { type, data } = this.#element();
    if (type === COMPRESSED) {
      new Reader(inflateSync(data, { maxOutputLength: MAXIMUM_UNPACKED }), this.#little).variable(variables);
    } else if (type === MATRIX) {
      const { name, value } = new Reader(data, this.#little).#matrix();
      variables.set(name, value);
    }
  }

  /** An element's head is its type and length; small ones have both in four bytes and their data in the next four. */
  #element(): { readonly type: number; readonly data: Uint8Array } {
    const head = this.#view.getUint32(this.#at, this.#little);
    const small = head >>> 16;
    if (small > 0) {
      const data = this.#bytes.subarray(this.#at + 4, this.#at + 4 + small);
      this.#at += 8;
      return { type: head & 0xffff, data };
    }
    const length = this.#view.getUint32(this.#at + 4, this.#little);
    const start = this.#at + 8;
    if (start + length > this.#bytes.length) throw new RangeError('an element ends beyond the file');
    // Everything but packed elements begins at a multiple of eight bytes.
    this.#at = start + (head === COMPRESSED ? length : Math.ceil(length / 8) * 8);
    return { type: head, data: this.#bytes.subarray(start, start + length) };
  }

  #matrix(): { readonly name: string; readonly value: MatValue } {
    // Empty cells may have no content at all.
    if (this.atEnd()) return { name: '', value: { kind: 'numbers', numbers: [] } };
    const [flags = 0] = this.#numbers();
    const count = this.#numbers().reduce((product, side) => product * side, 1);
    const name = this.#text();
    return { name, value: this.#value(flags & 0xff, count) };
  }

  #value(kind: number, count: number): MatValue {
    if (kind === CELL) return { kind: 'cells', cells: this.#values(count) };
    if (kind === CHARACTERS) return { kind: 'text', text: count === 0 && this.atEnd() ? '' : this.#text() };
    if (kind !== STRUCT)
      return { kind: 'numbers', numbers: count === 0 && this.atEnd() ? [] : this.#numbers() };
    const [width = 0] = this.#numbers();
    const names = this.#text();
    const keys = Array.from({ length: names.length / width }, (_, index) =>
      names.slice(index * width, (index + 1) * width).replace(/\0.*$/s, ''),
    );
    const values = this.#values(count === 0 ? 0 : keys.length);
    return { kind: 'struct', fields: new Map(values.map((value, index) => [keys[index] ?? '', value])) };
  }

  #values(count: number): MatValue[] {
    const values: MatValue[] = [];
    for (let index = 0; index < count; index += 1) {
      const { type, data } = this.#element();
      if (type !== MATRIX) throw new TypeError(`expected an array but received type ${type}`);
      values.push(new Reader(data, this.#little).#matrix().value);
    }
    return values;
  }

  #numbers(): number[] {
    const { type, data } = this.#element();
    const [size, read] = NUMBERS[type] ?? [];
    if (!size || !read) throw new TypeError(`expected numbers but received type ${type}`);
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return Array.from({ length: Math.floor(data.length / size) }, (_, index) =>
      read(view, index * size, this.#little),
    );
  }

  #text(): string {
    const start = this.#at;
    const { type, data } = this.#element();
    if (type === UTF8) return new TextDecoder().decode(data);
    if (type === UTF16) return new TextDecoder(this.#little ? 'utf-16le' : 'utf-16be').decode(data);
    this.#at = start;
    return this.#numbers()
      .map((code) => String.fromCodePoint(code))
      .join('');
  }
}
