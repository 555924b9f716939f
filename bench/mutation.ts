import type { Random } from '../training/trainer/random.ts';

/** Numbers at which decoders' arithmetic ends. */
const MAGIC = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];
/** What libFuzzer would know as a dictionary: beginnings of the formats' parts. */
const WORDS = [
  '\xff\xd8',
  '\xff\xd9',
  '\xff\xda',
  '\xff\xc2',
  '\xff\xdd',
  'IDAT',
  'IEND',
  'fdAT',
  'iCCP',
  'ANMF',
  'VP8L',
  'ALPH',
]
  .concat([
    'ispe',
    'iloc',
    'grid',
    'av1C',
    '\x2c',
    '\x21\xf9',
    'II*\0',
    'MM\0*',
    'II+\0',
    'MM\0+',
    'Exif\0\0',
  ])
  .map((word) => Buffer.from(word, 'latin1'));
/** Bytes of a block that is copied, moved or taken away, at the most. */
const BLOCK = 512;
/** Changes of one picture, at the most. */
const CHANGES = 6;

type Change = (bytes: Buffer, random: Random) => Buffer;

const below = (random: Random, limit: number) => Math.floor(random() * Math.max(1, limit));
const pick = <Value>(random: Random, values: readonly Value[]): Value =>
  values[below(random, values.length)] as Value;

function block(bytes: Buffer, random: Random): { start: number; end: number } {
  const start = below(random, bytes.length);
  return { start, end: Math.min(bytes.length, start + 1 + below(random, BLOCK)) };
}

const CHANGE: readonly Change[] = [
  function flipBits(bytes, random) {
    for (let left = 1 + below(random, 8); left > 0; left--) {
      const at = below(random, bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << below(random, 8));
    }
    return bytes;
  },
  function writeMagic(bytes, random) {
    const width = pick(random, [1, 2, 4] as const);
    const value = pick(random, MAGIC) % 256 ** width;
    // Headers are short, and what decoders believe is in them.
    const at = below(random, random() < 0.5 ? Math.min(256, bytes.length) : bytes.length) - width;
    if (at < 0) return bytes;
    if (random() < 0.5) bytes.writeUIntBE(value, at, width);
    else bytes.writeUIntLE(value, at, width);
    return bytes;
  },
  function insertWord(bytes, random) {
    const at = below(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), pick(random, WORDS), bytes.subarray(at)]);
  },
  function copyBlock(bytes, random) {
    const { start, end } = block(bytes, random);
    const at = below(random, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(start, end), bytes.subarray(at)]);
  },
  function swapBlocks(bytes, random) {
    const { start, end } = block(bytes, random);
    const at = below(random, bytes.length - (end - start));
    const other = Buffer.from(bytes.subarray(at, at + end - start));
    bytes.copyWithin(at, start, end);
    other.copy(bytes, start);
    return bytes;
  },
  function dropBlock(bytes, random) {
    const { start, end } = block(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, 1 + below(random, bytes.length));
  },
];

/** A picture with a few things wrong, as libFuzzer would have it; the same for the same random numbers. */
export function mutate(picture: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(picture);
  for (let left = 1 + below(random, CHANGES); left > 0; left--) bytes = pick(random, CHANGE)(bytes, random);
  return bytes;
}
