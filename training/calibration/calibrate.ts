import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { type CalibratedEstimate, readEstimate } from '../../attributes/age/calibration.ts';
import { gender as genderAttribute } from '../../attributes/gender/attribute.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import type { Measures } from '../../models/card.ts';
import { readCards } from '../../models/model-folder.ts';
import { chipsOf } from '../../vision/chip-spec.ts';
import { viewChips } from '../../vision/chips.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { type ChosenPhoto, choosePhotos } from '../evaluation/labelled-photos.ts';
import { measureFaces } from '../evaluation/measures.ts';
import { calibrate } from './calibration.ts';

/**
 * Calibrates AgeGenderNet, which gives ages as plain numbers: puts labelled photos through the whole way, learns from
 * one half of them (chosen by a hash of the file name) what its numbers mean, judges that on the other half, and notes
 * it on the network's card (`models/age-gender-net/age.json`).
 */
const program = new Command('calibrate')
  .description("Measure what AgeGenderNet's ages mean on labelled photos, and note it on its card.")
  .argument('<folders...>', 'folders of photos with labels of ages and genders')
  .option('-n, --photos <number>', 'photos of each folder, spread over it', whole, Number.POSITIVE_INFINITY)
  .option('--dry-run', 'only print what would be measured on the held-out half')
  .parse();
const { photos: limit, dryRun } = program.opts<{ photos: number; dryRun?: true }>();

/** What a labelled photo shows, and what the network says of its largest face; nothing where none was found. */
interface Measurement {
  readonly photo: ChosenPhoto;
  readonly said?: { readonly years: number; readonly male: number };
}

const NAME = 'age-gender-net';
const models = await buildModels();
const engine = createOnnxEngine(models);
const detector = await engine.loadDetector();
const { age: card } = await readCards(path.join(models, NAME));
if (!card) throw new Error('Expected a card of AgeGenderNet for ages but there is none.');
const { input, views, name, version } = card;
const network = await engine.openNetwork(path.join(models, NAME), input.side, ['age', 'gender']);

async function measure(photo: ChosenPhoto): Promise<Measurement> {
  const decoded = await decodePhoto(await photo.folder.read(photo.file), 100_000_000);
  const options = { minimumConfidence: 0.35, maximumFaces: 1, chips: chipsOf(input.side, views) };
  const { chips } = await findFaces(decoded, detector, options);
  const answers = await network.run(viewChips(chips, input.side, views));
  if (answers.length === 0) return { photo };
  const mean = (output: string) =>
    answers.reduce((sum, answer) => sum + (answer[output]?.[0] ?? Number.NaN), 0) / answers.length;
  return { photo, said: { years: mean('age'), male: mean('gender') } };
}

const measured = new Map<string, Measurement[]>();
for (const folder of program.args) {
  const { photos } = await choosePhotos(folder, { part: 'all', photos: limit });
  const bar = new SingleBar({
    format: `${path.basename(folder)} {bar} {value}/{total} photos, {eta_formatted} left`,
  });
  bar.start(photos.length, 0);
  const measurements: Measurement[] = [];
  for (const photo of photos) {
    measurements.push(await measure(photo));
    bar.increment();
  }
  bar.stop();
  measured.set(path.basename(folder), measurements);
}

// The photos are in the order of their hashes: every other one teaches, the rest judge.
const teaching = [...measured.values()].flatMap((all) => all.filter((_, index) => index % 2 === 0));
const faces = teaching.flatMap(({ photo: { age }, said }) =>
  said && age !== undefined ? [{ age, estimate: said.years }] : [],
);
const estimates = calibrate(faces);

console.log('On the half that nothing was learned from:');
console.table(Object.fromEntries([...measured].map(([name, all]) => [name, row(accuracy(all, estimates))])));

if (!dryRun) {
  const file = path.resolve(import.meta.dirname, '..', '..', 'models', NAME, 'age.json');
  const draft = z.looseObject({}).parse(JSON.parse(await readFile(file, 'utf8')));
  const calibration = { faces: faces.length, estimates };
  await writeFile(file, `${JSON.stringify({ ...draft, calibration }, undefined, 2)}\n`);
}

function accuracy(all: readonly Measurement[], calibration: readonly CalibratedEstimate[]): Measures {
  const model = { name, version };
  return measureFaces(
    all
      .filter((_, index) => index % 2 === 1)
      .map(({ photo: { file, age, gender }, said }) => ({
        face: file,
        ...(age !== undefined && { age }),
        ...(gender && { gender }),
        said: said && {
          age: readEstimate(said.years, calibration, model),
          ...genderAttribute.read([said.male], { output: 'gender' }, model),
        },
      })),
  );
}

function row({
  faces,
  found = 0,
  meanAbsoluteError,
  exact = 0,
  oneOff = 0,
  gender = 0,
  covered = 0,
}: Measures) {
  const percent = (share: number) => Number((100 * share).toFixed(1));
  return {
    photos: faces,
    'found %': percent(found),
    'MAE years': Number(meanAbsoluteError?.toFixed(2)),
    'exact %': percent(exact),
    'one-off %': percent(oneOff),
    'gender %': percent(gender),
    'in the interval %': percent(covered),
  };
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError(`Expected a whole number but received ${text}`);
  }
  return value;
}
