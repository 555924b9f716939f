import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { type CalibratedEstimate, describeAgeBy, describeGender } from '../../attributes/calibrated.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import type { Measures } from '../../models/card.ts';
import type { Crops } from '../../vision/chip-spec.ts';
import { measureFaces } from '../evaluation/measures.ts';
import { calibrate } from './calibration.ts';
import { readCalibrationPhotos } from './labels.ts';
import { type Measurement, measure } from './measurement.ts';

/**
 * Makes `attributes/calibration.json`: puts labelled photos through the whole way, learns from one half of them
 * (chosen by a hash of the file name) what the network's estimates mean, and judges that on the other half.
 */
const program = new Command('calibrate')
  .description('Measure what age estimates mean on labelled photos, and write attributes/calibration.json.')
  .argument('<folders...>', 'folders of photos with a labels.csv (file, age, gender)')
  .option('-n, --photos <number>', 'photos of each folder, spread over it', whole, Number.POSITIVE_INFINITY)
  .option('--crops <1|2|4>', 'crops averaged per face', crops, 4)
  .option('--dry-run', 'only print what would be measured on the held-out half')
  .parse();
const {
  photos: limit,
  crops: count,
  dryRun,
} = program.opts<{ photos: number; crops: Crops; dryRun?: true }>();

const engine = createOnnxEngine(await buildModels());
const networks = {
  detector: await engine.loadDetector(),
  estimator: await engine.loadAgeGenderEstimator(),
};

const measured = new Map<string, Measurement[]>();
for (const folder of program.args) {
  const photos = (await readCalibrationPhotos(folder))
    .sort((one, other) => one.position - other.position)
    .slice(0, limit);
  const bar = new SingleBar({
    format: `${basename(folder)} {bar} {value}/{total} photos, {eta_formatted} left`,
  });
  bar.start(photos.length, 0);
  const measurements: Measurement[] = [];
  for (const photo of photos) {
    measurements.push(await measure(photo, networks, count));
    bar.increment();
  }
  bar.stop();
  measured.set(basename(folder), measurements);
}

// The photos are in the order of their hashes: every other one teaches, the rest judge.
const halves = [...measured.values()].map((all) => all.filter((_, index) => index % 2 === 0));
const estimates = calibrate(
  halves.flat().flatMap(({ age, estimate }) => (estimate ? [{ age, estimate: estimate.years }] : [])),
);

console.log('On the half that nothing was learned from:');
console.table(Object.fromEntries([...measured].map(([name, all]) => [name, row(accuracy(all, estimates))])));

if (!dryRun) {
  const model = networks.estimator.model;
  const faces = halves.flat().filter(({ estimate }) => estimate).length;
  const calibration = { model, crops: count, faces, estimates };
  await writeFile(
    new URL('../../attributes/calibration.json', import.meta.url),
    `${JSON.stringify(calibration)}\n`,
  );
}

function accuracy(all: readonly Measurement[], calibration: readonly CalibratedEstimate[]): Measures {
  const model = networks.estimator.model;
  return measureFaces(
    all
      .filter((_, index) => index % 2 === 1)
      .map(({ path, age, gender, estimate }) => ({
        face: path,
        age,
        gender,
        said: estimate && {
          age: describeAgeBy(calibration, estimate.years, model),
          gender: describeGender(estimate.male, model),
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

function crops(text: string): Crops {
  const value = Number(text);
  if (value === 1 || value === 2 || value === 4) return value;
  throw new InvalidArgumentError(`Expected 1, 2 or 4 but received ${text}`);
}
