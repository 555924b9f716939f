import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { loadLayer } from '../layers/load.ts';
import { hostPlatform } from '../layers/platform.ts';
import { buildModelLayer } from '../models/layer.ts';
import { scaleBox } from '../vision/bounding-box.ts';
import { detectFaces } from '../vision/detection.ts';
import type { DetectedFace } from '../vision/engine.ts';
import { decodePhoto } from '../vision/photo.ts';
import { type Counts, type MarkedFace, matchFaces } from './matching.ts';

const USAGE = `Usage: node bench/detector.ts [--engine onnx|tfjs] [--confidence 0.35] FOLDER

How many of the faces in FOLDER's photos the detector finds (recall), how many of its finds are faces
(precision), and its CPU time, decoding left out. FOLDER holds the photos and boxes.csv, with the columns
file, x, y, w, h (in pixels) and invalid (1: counts neither way), as made of the WIDER FACE annotations.`;

/** Least height, in pixels of the photo, of the faces that count. */
const MINIMUM_HEIGHTS = [20, 40];
const MAXIMUM_PIXELS = 100_000_000;

const optionsSchema = z.object({
  engine: z.enum(['onnx', 'tfjs']),
  confidence: z.coerce.number().gt(0).lt(1),
});
const rowsSchema = z.array(
  z.object({
    file: z.string(),
    x: z.coerce.number(),
    y: z.coerce.number(),
    w: z.coerce.number(),
    h: z.coerce.number(),
    invalid: z.enum(['0', '1']),
  }),
);

async function readPhotos(folder: string): Promise<Map<string, MarkedFace[]>> {
  const csv = await readFile(path.join(folder, 'boxes.csv'));
  const rows = Map.groupBy(rowsSchema.parse(parse(csv, { columns: true })), ({ file }) => file);
  const toFace = ({ x, y, w, h, invalid }: z.infer<typeof rowsSchema>[number]) => ({
    box: { x, y, width: w, height: h },
    invalid: invalid === '1',
  });
  return new Map([...rows].map(([file, boxes]) => [file, boxes.map(toFace)]));
}

/** A face in pixels of the photo itself, of which a detector sees a smaller copy. */
const enlarge = (face: DetectedFace, scale: number): DetectedFace => ({
  ...face,
  box: scaleBox(face.box, scale),
});

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      engine: { type: 'string', default: 'onnx' },
      confidence: { type: 'string', default: '0.35' },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const { engine, confidence } = optionsSchema.parse(values);
  const layer = await buildModelLayer({ engine, platform: hostPlatform() });
  const detector = await loadLayer(engine, layer).engine.loadDetector();
  const counts: Counts[][] = [];
  const times: number[] = [];
  for (const [file, marked] of await readPhotos(folder)) {
    const photo = await decodePhoto(await readFile(path.join(folder, file)), MAXIMUM_PIXELS);
    const start = process.cpuUsage();
    const faces = await detectFaces(photo.pixels, detector, confidence);
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1000);
    const inPhoto = faces.map((face) => enlarge(face, photo.width / photo.pixels.width));
    counts.push(MINIMUM_HEIGHTS.map((height) => matchFaces(inPhoto, marked, height)));
  }
  report(`${detector.model.name}, confidence ${confidence}, ${times.length} photos`, counts, times);
}

function report(title: string, counts: readonly Counts[][], times: readonly number[]): void {
  console.log(title);
  for (const [index, height] of MINIMUM_HEIGHTS.entries()) {
    const sum = (key: keyof Counts) => counts.reduce((total, photo) => total + (photo[index]?.[key] ?? 0), 0);
    const recall = sum('found') / (sum('found') + sum('lost'));
    const precision = sum('found') / (sum('found') + sum('wrong'));
    console.log(`  faces from ${height} px: recall ${percent(recall)}, precision ${percent(precision)}`);
  }
  const mean = times.reduce((total, time) => total + time, 0) / times.length;
  const median = times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
  console.log(`  CPU time a photo: mean ${mean.toFixed(1)} ms, median ${median.toFixed(1)} ms`);
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

await main();
