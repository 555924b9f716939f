import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { FACE_SIDE, PREPARATION, PREPARED_FILE, type ShardFace } from '../../training/dataset/prepared.ts';
import { type Random, randomFor } from '../../training/trainer/random.ts';

export interface SyntheticOptions {
  readonly faces: number;
  readonly seed?: number;
  /** The label of each face; evenly spread if left out. */
  readonly label?: (index: number, random: Random) => Pick<ShardFace, 'age' | 'gender'>;
}

/**
 * Writes a prepared set of drawings: the older, the lighter; women have a disc where men have a square. Six in
 * eight are to learn from, one to validate and one to test.
 */
export async function writeSyntheticSet(directory: string, options: SyntheticOptions): Promise<void> {
  await mkdir(directory, { recursive: true });
  const { faces: count, seed = 1, label = anyLabel } = options;
  const jpegs: Buffer[] = [];
  const faces: ShardFace[] = [];
  let offset = 0;
  for (let index = 0; index < count; index++) {
    const random = randomFor(seed, 'face', index);
    const known = label(index, random);
    const jpeg = await draw(known, random);
    const split = (['validation', 'test'] as const)[index % 8] ?? 'train';
    const hash = createHash('sha256').update(jpeg).digest('hex');
    const place = { offset, length: jpeg.length };
    faces.push({ file: `${index}.jpg`, ...known, split, groups: {}, hash, facesFound: 1, ...place });
    jpegs.push(jpeg);
    offset += jpeg.length;
  }
  const shard = { preparation: PREPARATION, batch: String(seed), faces, rejections: [] };
  const prepared = { name: 'drawings', contentHash: `${seed}-${count}`, shards: ['0000'], faces: count };
  await writeFile(path.join(directory, '0000.jpegs'), Buffer.concat(jpegs));
  await writeFile(path.join(directory, '0000.json'), JSON.stringify(shard));
  await writeFile(path.join(directory, PREPARED_FILE), JSON.stringify(prepared));
}

const anyLabel = (index: number, random: Random) =>
  ({ age: Math.floor(random() * 90), gender: index % 3 === 0 ? 'F' : 'M' }) as const;

async function draw({ age = 0, gender }: Pick<ShardFace, 'age' | 'gender'>, random: Random): Promise<Buffer> {
  const side = FACE_SIDE;
  const shade = Math.round((255 * age) / 100);
  const [x, y] = [side * (0.45 + 0.1 * random()), side * (0.45 + 0.1 * random())];
  const radius = side * (0.12 + 0.06 * random());
  const mark =
    gender === 'F'
      ? `<circle cx="${x}" cy="${y}" r="${radius}"/>`
      : `<rect x="${x - radius}" y="${y - radius}" width="${2 * radius}" height="${2 * radius}"/>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}">` +
    `<rect width="100%" height="100%" fill="rgb(${shade},${shade},${shade})"/>` +
    `<g fill="rgb(200,90,${Math.floor(255 * random())})">${mark}</g></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
}
