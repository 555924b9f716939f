import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { mean } from 'd3-array';
import sharp, { type Sharp } from 'sharp';
import { z } from 'zod';
import { faceSchema } from '../attributes/face.ts';
import { engine } from '../layers/onnx/index.ts';
import { chipsFor, estimateFaces } from '../models/analysis.ts';
import { openBuiltins } from '../models/builtins.ts';
import { areaUnderCurve } from '../support/auc.ts';
import { rankCorrelation } from '../support/correlation.ts';
import { choosePhotos } from '../training/evaluation/labelled-photos.ts';
import { intersectionOverUnion } from '../vision/bounding-box.ts';
import { cutChips } from '../vision/chips.ts';
import { detectFaces } from '../vision/detection.ts';
import type { DetectedFace, Pixels } from '../vision/engine.ts';
import { frameOf } from '../vision/frame.ts';
import { decodePhoto } from '../vision/photo.ts';
import { measureQuality, type Quality } from '../vision/quality.ts';
import { median } from './cpu.ts';
import { isOpposite, isTurned, lookInMirror, type MirroredHead } from './mirrored.ts';
import { addNoise } from './noise.ts';
import { markdownTable } from './table.ts';

const USAGE = `Usage: node bench/quality.ts [--photos 200] WIDER PORTRAITS

How well the quality of faces tells blurred from clear ones as people see them (WIDER: photos and boxes.csv with the
columns file, x, y, w, h, blur 0 to 2 and invalid, as made of the WIDER FACE annotations); how it follows what is done to
portraits, and what leaving out poor ones is worth to ages (PORTRAITS: a data set with ages); its CPU time; and whether
heads turn the other way in the mirror.`;

/** Of the faces that count, in pixels of the photo. */
const MINIMUM_HEIGHT = 40;
const CONFIDENCE = 0.35;
/** From which confidence poses are compared. */
const SURE = 0.7;
const MAXIMUM_PIXELS = 100_000_000;
/** Overlap at which a found face is the one in a box. */
const SAME_FACE = 0.4;

const boxesSchema = z.array(
  z
    .object({
      file: z.string(),
      ...{ x: z.coerce.number(), y: z.coerce.number(), w: z.coerce.number(), h: z.coerce.number() },
      blur: z.coerce.number(),
      invalid: z.enum(['0', '1']),
    })
    .transform(({ x, y, w, h, ...rest }) => ({ ...rest, box: { x, y, width: w, height: h } })),
);

const detector = await engine.loadDetector();

async function lookAt(file: string): Promise<{ image: Pixels; scale: number; faces: DetectedFace[] }> {
  const { pixels, width } = await decodePhoto(await readFile(file), MAXIMUM_PIXELS);
  return {
    image: pixels,
    scale: width / pixels.width,
    faces: await detectFaces(pixels, detector, CONFIDENCE),
  };
}

/** What people said of a face's blur, from 0 to 2, and what is measured. */
async function judged(folder: string): Promise<{ blur: number; quality: Quality }[]> {
  const rows = boxesSchema.parse(parse(await readFile(path.join(folder, 'boxes.csv')), { columns: true }));
  const marked = rows.filter(({ invalid, box }) => invalid === '0' && box.height >= MINIMUM_HEIGHT);
  const results: { blur: number; quality: Quality }[] = [];
  for (const [file, boxes] of Map.groupBy(marked, (row) => row.file)) {
    const { image, scale, faces } = await lookAt(path.join(folder, file));
    for (const { box, blur } of boxes) {
      const [x, y, width, height] = [box.x, box.y, box.width, box.height].map((value) => value / scale);
      const place = { x: x ?? 0, y: y ?? 0, width: width ?? 0, height: height ?? 0 };
      const face = faces.find((each) => intersectionOverUnion(each.box, place) >= SAME_FACE);
      if (face) results.push({ blur, quality: measureQuality(image, face, scale) });
    }
  }
  return results;
}

/** Areas under the ROC curve, of clear faces against heavily blurred ones and against any others. */
async function againstPeople(folder: string): Promise<string> {
  const all = await judged(folder);
  const rows = (['sharpness', 'score'] as const).map((measure) => {
    const of = (isAsked: (blur: number) => boolean) =>
      all.filter(({ blur }) => isAsked(blur)).map(({ quality }) => quality[measure]);
    const clear = of((blur) => blur === 0);
    const areas = [of((blur) => blur === 2), of((blur) => blur > 0)].map((others) =>
      areaUnderCurve(clear, others),
    );
    return [measure, ...areas.map((area) => (area ?? Number.NaN).toFixed(3))];
  });
  return `Area under the ROC curve on ${all.length} faces of at least ${MINIMUM_HEIGHT} pixels, by people's word on their blur:

${markdownTable(['', 'clear against heavily blurred', 'clear against any blur'], rows)}`;
}

/** How often the sign of the yaw of clearly turned heads is right, as far as mirrors tell. */
async function inMirrors(folder: string, limit: number): Promise<string> {
  const rows = boxesSchema.parse(parse(await readFile(path.join(folder, 'boxes.csv')), { columns: true }));
  const files = [...new Set(rows.map(({ file }) => file))].slice(0, limit);
  const heads: MirroredHead[] = [];
  for (const file of files) {
    heads.push(...(await lookInMirror(await readFile(path.join(folder, file)), detector, SURE)));
  }
  const turned = heads.filter(isTurned);
  const right = turned.filter(isOpposite).length / turned.length;
  return `Of ${heads.length} faces in ${files.length} photos and their mirror images, ${turned.length} are turned by 15° or more; of these, ${(100 * right).toFixed(1)} % turn the other way in the mirror.`;
}

/** A portrait, made a little smaller so that none of its own compression is left, and its face. */
interface Portrait {
  readonly image: Pixels;
  readonly face: DetectedFace;
  readonly age: number | undefined;
}
const SHRUNK = 0.8;

const open = ({ data, width, height }: Pixels): Sharp => sharp(data, { raw: { width, height, channels: 3 } });

async function pixelsOf(photo: Sharp): Promise<Pixels> {
  const { data, info } = await photo.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function portraits(folder: string, photos: number): Promise<Portrait[]> {
  const chosen = await choosePhotos(folder, { part: 'all', photos });
  const found: Portrait[] = [];
  for (const { file, age } of chosen.photos) {
    const { pixels } = await decodePhoto(await readFile(path.join(folder, file)), MAXIMUM_PIXELS);
    const image = await pixelsOf(open(pixels).resize({ width: Math.round(pixels.width * SHRUNK) }));
    const [face] = await detectFaces(image, detector, CONFIDENCE);
    if (face) found.push({ image, face, age });
  }
  return found;
}

/** Something that makes a portrait worse, the more the higher the level. */
type Worsening = (portrait: Portrait, level: number) => Promise<Pixels>;

const compress: Worsening = async ({ image }, quality) =>
  pixelsOf(sharp(await open(image).jpeg({ quality }).toBuffer()));
const expose: Worsening = ({ image }, gain) => pixelsOf(open(image).linear(gain, 0));
const LADDERS: Readonly<Record<string, { readonly levels: readonly number[]; readonly worsen: Worsening }>> =
  {
    'blur, σ in sizes of the face': {
      levels: [0.01, 0.02, 0.03, 0.05, 0.08],
      worsen: ({ image, face }, share) =>
        pixelsOf(open(image).blur(Math.max(0.3, share * frameOf(face).size))),
    },
    'noise, σ in levels': {
      levels: [2, 5, 10, 20, 40],
      worsen: async ({ image }, deviation) => addNoise(image, deviation),
    },
    'JPEG quality': { levels: [90, 70, 50, 30, 20, 10, 5], worsen: compress },
    'overexposure, gain': { levels: [1.5, 2, 3, 4, 6], worsen: expose },
    'underexposure, gain': { levels: [0.6, 0.35, 0.2, 0.1, 0.05], worsen: expose },
  };

/** How the score follows the level of what is done to portraits. */
async function ladders(all: readonly Portrait[]): Promise<string> {
  const rows: string[][] = [];
  for (const [name, { levels, worsen }] of Object.entries(LADDERS)) {
    const correlations: number[] = [];
    const scores = levels.map((): number[] => []);
    for (const portrait of all) {
      const steps: [number, number][] = [];
      for (const [step, level] of levels.entries()) {
        const { score } = measureQuality(await worsen(portrait, level), portrait.face, 1);
        steps.push([-step, score]);
        scores[step]?.push(score);
      }
      correlations.push(rankCorrelation(steps) ?? 0);
    }
    const told = levels.map((level, step) => `${level}: ${(mean(scores[step] ?? []) ?? 0).toFixed(0)}`);
    rows.push([name, told.join(', '), (mean(correlations) ?? 0).toFixed(3)]);
  }
  return `The score of ${all.length} portraits by what is done to them, and its rank correlation with that, face by face:

${markdownTable(['', 'mean score by level', 'rank correlation'], rows)}`;
}

/** What leaving out the worst fifth of worsened portraits is worth. */
async function withoutTheWorst(all: readonly Portrait[]): Promise<string> {
  const [estimator] = await openBuiltins(engine).estimators(['age']);
  if (!estimator) throw new Error('Expected a network that estimates ages but there is none.');
  const specs = chipsFor([estimator]);
  const ladder = Object.values(LADDERS).flatMap(({ levels, worsen }) =>
    levels.map((level) => ({ level, worsen })),
  );
  const judgements: { score: number; error: number }[] = [];
  for (const [index, portrait] of all.entries()) {
    if (portrait.age === undefined) continue;
    const step = ladder[(index * 7) % ladder.length];
    if (!step) continue;
    const image = await step.worsen(portrait, step.level);
    // What is left of the face, as detection sees it.
    const [face] = await detectFaces(image, detector, CONFIDENCE);
    if (!face) continue;
    const chips = cutChips(image, frameOf(face), specs);
    const [part] = (await estimateFaces([estimator], { specs, chips })).get('age') ?? [];
    const { age } = faceSchema.partial().parse(part);
    if (age) {
      judgements.push({
        score: measureQuality(image, face, 1).score,
        error: Math.abs(age.years - portrait.age),
      });
    }
  }
  const sorted = judgements.toSorted((one, other) => other.score - one.score);
  const kept = sorted.slice(0, Math.round(0.8 * sorted.length));
  const errorOf = (faces: readonly { error: number }[]) => mean(faces, ({ error }) => error) ?? Number.NaN;
  const [before, after] = [errorOf(sorted), errorOf(kept)];
  return `Ages of ${sorted.length} portraits, each worsened in one of these ways, are off by ${before.toFixed(2)} years. Without the fifth of the lowest score: ${after.toFixed(2)} years, ${(100 * (1 - after / before)).toFixed(0)} % less.`;
}

/** CPU time of one face. */
function speed(all: readonly Portrait[]): string {
  const turns = 25;
  const times = all.slice(0, 50).map(({ image, face }) => {
    const start = process.cpuUsage();
    for (let turn = 0; turn < turns; turn++) measureQuality(image, face, 1);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / turns;
  });
  return `CPU time a face: ${median(times.slice(10)).toFixed(2)} ms.`;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { photos: { type: 'string', default: '200' } },
});
const [wider, folder] = positionals;
if (wider === undefined || folder === undefined) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  console.log(`${await againstPeople(wider)}\n`);
  const photos = z.coerce.number().int().min(10).parse(values.photos);
  const all = await portraits(folder, photos);
  console.log(`${await ladders(all)}\n`);
  console.log(`${await withoutTheWorst(all)}\n`);
  console.log(`${speed(all)}\n`);
  console.log(await inMirrors(wider, photos));
}
