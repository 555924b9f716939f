import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import {
  FACE_EXTENT,
  FACE_SIDE,
  PREPARATION,
  PREPARED_FILE,
  type ShardFace,
} from '../../training/dataset/prepared.ts';
import { randomFor } from '../../training/trainer/random.ts';
import { cutAligned } from '../../vision/chips.ts';
import type { Pixels } from '../../vision/engine.ts';
import type { FaceFrame } from '../../vision/frame.ts';
import { decodePhoto } from '../../vision/photo.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');

/** Where the detector finds the people of the sample photos, and whose faces are to judge by. */
const PEOPLE: readonly {
  readonly photo: string;
  readonly frame: readonly [x: number, y: number, size: number, roll: number];
  readonly split: ShardFace['split'];
}[] = [
  { photo: 'oath.jpg', frame: [144, 272, 124, -0.04], split: 'train' },
  { photo: 'oath.jpg', frame: [1551, 252, 98, -0.07], split: 'train' },
  { photo: 'oath.jpg', frame: [1790, 305, 94, -0.01], split: 'train' },
  { photo: 'oath.jpg', frame: [1278, 314, 84, -0.07], split: 'train' },
  { photo: 'lincoln.jpg', frame: [400, 439, 352, -0.03], split: 'train' },
  { photo: 'oath.jpg', frame: [795, 296, 89, 0.04], split: 'validation' },
  { photo: 'hopper.jpg', frame: [266, 242, 179, -0.07], split: 'test' },
  { photo: 'astronaut.jpg', frame: [224, 125, 94, 0.06], split: 'test' },
  { photo: 'oath.jpg', frame: [489, 270, 112, -0.06], split: 'test' },
];
/** The most that a head is inclined to either side, in degrees. */
const MOST = 30;
/** From here on it counts as inclined. */
const UPRIGHT = 10;

/**
 * Writes a prepared set of the sample photos' people, each cut out many times, more or less inclined. Each person is in one
 * split. The column `inclination` is in degrees, and `side` says to which side: left, right, or neither.
 */
export async function writeSampleSet(directory: string, { each = 60 } = {}): Promise<void> {
  await mkdir(directory, { recursive: true });
  const photos = new Map<string, Pixels>();
  for (const photo of new Set(PEOPLE.map((person) => person.photo))) {
    photos.set(photo, (await decodePhoto(await readFile(path.join(SAMPLES, photo)), 50_000_000)).pixels);
  }
  const jpegs: Buffer[] = [];
  const faces: ShardFace[] = [];
  let offset = 0;
  for (const [person, { photo, frame, split }] of PEOPLE.entries()) {
    const pixels = photos.get(photo);
    if (!pixels) throw new Error(`Expected ${photo} among the samples.`);
    const [x, y, size, roll] = frame;
    for (let index = 0; index < each; index++) {
      const random = randomFor(1, 'inclined', person, index);
      const within = (most: number) => most * (2 * random() - 1);
      const inclination = Math.round(within(MOST));
      const cut: FaceFrame = {
        centre: { x: x + within(0.05 * size), y: y + within(0.05 * size) },
        size: size + within(0.05 * size),
        roll: roll - (inclination * Math.PI) / 180,
      };
      const jpeg = await encode(cutAligned(pixels, cut, { side: FACE_SIDE, extent: FACE_EXTENT }));
      const side = Math.abs(inclination) < UPRIGHT ? 'neither' : inclination < 0 ? 'left' : 'right';
      faces.push({
        ...{ file: `${person}-${index}.jpg`, subject: `${person}`, split },
        groups: { inclination: String(inclination), side },
        hash: createHash('sha256').update(jpeg).digest('hex'),
        ...{ facesFound: 1, offset, length: jpeg.length },
      });
      jpegs.push(jpeg);
      offset += jpeg.length;
    }
  }
  const shard = { preparation: PREPARATION, batch: 'samples', faces, rejections: [] };
  const prepared = { name: 'samples', contentHash: `samples-${each}`, shards: ['0000'], faces: faces.length };
  await writeFile(path.join(directory, '0000.jpegs'), Buffer.concat(jpegs));
  await writeFile(path.join(directory, '0000.json'), JSON.stringify(shard));
  await writeFile(path.join(directory, PREPARED_FILE), JSON.stringify(prepared));
}

const encode = (data: Uint8Array): Promise<Buffer> =>
  sharp(data, { raw: { width: FACE_SIDE, height: FACE_SIDE, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
