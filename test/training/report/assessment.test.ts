import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { enableProdMode, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, input as layersInput, model } from '@tensorflow/tfjs-layers';
import { nameOf } from '../../../attributes/list.ts';
import { createOnnxEngine } from '../../../layers/onnx/engine.ts';
import { buildModels } from '../../../models/build/build.ts';
import { modelCardSchema } from '../../../models/card.ts';
import { exportOnnx } from '../../../networks/export/onnx.ts';
import { FACE_EXTENT, type PreparedFace, type PreparedSet } from '../../../training/dataset/prepared.ts';
import { openPreparedSet } from '../../../training/dataset/prepared-set.ts';
import { openBuiltin, openPredictor, type Predictor } from '../../../training/evaluation/prediction.ts';
import { assess, type Candidate, keepsMeaning } from '../../../training/report/assessment.ts';
import { usualViews } from '../../../vision/chip-spec.ts';
import { saysAge, saysGender } from '../synthetic.ts';
import { writeSyntheticSet } from '../synthetic-set.ts';

enableProdMode();

const SIDE = 32;

/**
 * A network that takes a picture's mean brightness for the age, as drawings have it: logits −(k − age)² / 2σ²,
 * less what they have in common, of each class k.
 */
function brightness(classes: readonly number[], deviation = 6): LayersModel {
  const chips = layersInput({ shape: [SIDE, SIDE, 3] });
  const means = layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(chips);
  const dense = layers.dense({ units: classes.length, activation: 'softmax' });
  const outputs = dense.apply(means);
  const yearsPerLevel = 100 / 255 / 3;
  dense.setWeights([
    tensor2d([1, 2, 3].map(() => classes.map((year) => (year * yearsPerLevel) / deviation ** 2))),
    tensor1d(classes.map((year) => -(year ** 2) / 2 / deviation ** 2)),
  ]);
  if (!('sourceLayer' in outputs)) throw new TypeError('Expected one symbolic tensor.');
  return model({ inputs: chips, outputs });
}

const YEARS = Array.from({ length: 101 }, (_, year) => year);
/** Middles of the groups. */
const MIDDLES = [1, 5, 10, 18, 28, 40, 50, 70];

/** Says the same of every face. */
const constant: Predictor = {
  task: 'age',
  model: { name: 'constant', version: '1' },
  version: 'builtin',
  answer: async (_, faces) => faces.map(() => ({ ...saysAge(40), ...saysGender('M') })),
};

describe('assess', () => {
  let folder: string;
  let set: PreparedSet;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-assessment-'));
    await writeSyntheticSet(path.join(folder, 'set'), { faces: 800 });
    set = await openPreparedSet(path.join(folder, 'set'));
  });
  after(async () => {
    await set?.close();
    await rm(folder, { recursive: true });
  });

  async function candidate(version: string, changes: Partial<Candidate>, network: LayersModel) {
    const place = path.join(folder, version);
    await mkdir(place);
    const names = {
      inputs: ['chips'],
      outputs: [nameOf(changes.task ?? 'age')],
      inputType: 'uint8',
    } as const;
    await writeFile(path.join(place, 'model.onnx'), exportOnnx(network, names));
    const sight = { input: { side: SIDE }, views: usualViews(FACE_EXTENT, 2) };
    const common = { task: 'age', name: 'brightness', output: 'years' } as const;
    return { ...common, ...sight, version, folder: place, ...changes };
  }

  it('judges a network on the test faces, calibrated on the validation faces, and reports on it', async () => {
    const asked = await candidate('years', { training: 'id', spec: { seed: 1 } }, brightness(YEARS));
    const { decision, draft, report } = await assess(asked, set, constant, { pictures: true });
    const { faces, meanAbsoluteError = 99, covered = 0 } = report.candidate.evaluation.overall;
    assert.equal(faces, 100);
    assert.ok(meanAbsoluteError < 8, `${meanAbsoluteError} years`);
    // 100 labels, intervals from 100 others: both vary by 0.04.
    assert.ok(covered > 0.65 && covered < 0.95, `covered ${covered}`);
    assert.ok((report.inService?.evaluation.overall.meanAbsoluteError ?? 0) > 20);
    assert.equal(decision.promote, true);
    assert.deepEqual(draft.trainedOn, {
      data: 'drawings',
      hash: set.contentHash,
      training: 'id',
      faces: { train: 600, validation: 100, test: 100 },
    });
    assert.equal(draft.verdict?.against, 'builtin');
    const model = { bytes: 1, sha256: '0'.repeat(64) };
    const card = modelCardSchema.parse({ ...draft, files: { 'model.onnx': model } });

    assert.deepEqual(JSON.parse(await readFile(path.join(asked.folder, 'report.json'), 'utf8')), report);
    const page = await readFile(path.join(asked.folder, 'report.html'), 'utf8');
    assert.match(page, /Better than the model in service/);
    assert.equal(page.split('<img ').length - 1, report.candidate.evaluation.worst.length);

    // What it says when it is in service is what it was judged by.
    const trained = await openPredictor(card, asked.folder);
    const against = await assess(await candidate('again', {}, brightness(YEARS)), set, trained);
    assert.deepEqual(against.report.inService?.evaluation.overall, report.candidate.evaluation.overall);
    assert.equal(against.decision.promote, false);
  });

  it('judges by groups where all labels are ranges of ages', async () => {
    const decade = (age: number) => ({ low: Math.floor(age / 10) * 10, high: Math.floor(age / 10) * 10 + 9 });
    const faces = set.faces.map(({ age = 0, ...face }) => {
      const { low, high } = decade(age);
      return { ...face, age: (low + high) / 2, ageRange: { low, high } };
    });
    const ranges = { ...set, faces, read: (face: PreparedFace) => set.read(face) };
    const asked = await candidate('ranges', {}, brightness(YEARS));
    const { decision, draft, report } = await assess(asked, ranges, constant);
    assert.equal(decision.comparison.statistic, 'exact');
    assert.equal(decision.promote, true);
    assert.ok((report.candidate.evaluation.overall.exact ?? 0) > 0.4);
    assert.ok(
      draft.task === 'age' &&
        !('definition' in draft) &&
        draft.output !== 'number' &&
        draft.interval.faces === 100,
    );
  });

  it('reads groups by how frequent years are among the training faces', async () => {
    const asked = await candidate(
      'groups',
      { output: 'groups', views: usualViews(FACE_EXTENT, 1) },
      brightness(MIDDLES),
    );
    const { draft, report, decision } = await assess(asked, set, constant);
    assert.ok(
      draft.task === 'age' &&
        !('definition' in draft) &&
        draft.output !== 'number' &&
        draft.ages?.length === 101,
    );
    assert.ok((report.candidate.evaluation.overall.exact ?? 0) > 0.5);
    assert.equal(decision.promote, true);
    assert.ok(!(await readFile(path.join(asked.folder, 'report.html'), 'utf8')).includes('<img '));
  });

  it('judges genders', async () => {
    // Calls every face a man's: the first of the two classes.
    const always = brightness([0, 10_000]);
    const asked = await candidate('gender', { task: 'gender', output: 'gender' }, always);
    const { draft, report, decision } = await assess(asked, set, { ...constant, task: 'gender' });
    const men = set.faces.filter(({ split, gender }) => split === 'test' && gender === 'M').length;
    assert.equal(report.candidate.evaluation.overall.gender, men / 100);
    assert.equal(decision.promote, false);
    assert.equal('interval' in draft, false);
  });

  it('leaves it to people whether an own attribute becomes a number or classes', async () => {
    const faces = set.faces.map((face) => ({ ...face, groups: { stage: (face.age ?? 0) < 40 ? '1' : '2' } }));
    const stages = { ...set, faces, read: (face: PreparedFace) => set.read(face) };
    const classes = { name: 'stage', kind: 'classes', classes: ['1', '2'] } as const;
    const number = { name: 'stage', kind: 'number', range: [1, 2] } as const;
    const model = { name: 'transfer', version: '1' };
    const says = (task: Predictor['task'], stage: object): Predictor => ({
      ...{ task, model, version: '1' },
      answer: async (_, asked) => asked.map(() => ({ stage: { ...stage, model } })),
    });
    const asked = await candidate('stages', { task: classes, output: 'classes' }, brightness([20, 60], 8));
    const other = says(number, { value: 1.5, low: 1, high: 2, range: [1, 2] });
    const { decision, report } = await assess(asked, stages, other);
    assert.equal(decision.promote, false);
    assert.match(decision.reasons[0] ?? '', /^Better than the constant answer/);
    assert.match(decision.reasons.at(-1) ?? '', /put this model into service yourself/);
    assert.equal(report.inService?.name, 'constant answer');
    const same = says(classes, { value: '1', probabilities: { 1: 0.6, 2: 0.4 } });
    assert.equal((await assess(asked, stages, same)).decision.promote, true);
  });

  it('asks the network of the model layer as it is asked in service', async () => {
    const builtin = await openBuiltin(createOnnxEngine(await buildModels()), 'age');
    const answers = await builtin?.answer(set, set.faces.slice(0, 11));
    assert.equal(answers?.length, 11);
    assert.equal(builtin?.version, 'builtin');
    assert.equal(builtin?.model.name, 'facedrop');
    assert.ok(answers?.every(({ age }) => age && age.years >= 0 && age.years <= 100));
  });
});

describe("a model of an attribute of one's own", () => {
  const number = (low: number, high: number) =>
    ({ name: 'stars', kind: 'number', range: [low, high] }) as const;
  const classes = (...all: string[]) => ({ name: 'stars', kind: 'classes', classes: all }) as const;

  it('is compared with the one in service where its answers mean the same', () => {
    for (const [now, before] of [
      ['age', 'age'],
      [classes('no', 'yes'), classes('yes', 'no')],
      [classes('no', 'yes', 'sunglasses'), classes('no', 'yes')],
      [number(1, 5), number(1, 4.5)],
    ] as const) {
      assert.ok(keepsMeaning(now, before), JSON.stringify([now, before]));
    }
    for (const [now, before] of [
      [number(0, 100), number(1, 5)],
      [number(1, 5), classes('1', '5')],
      [classes('Yes', 'No'), classes('yes', 'no')],
      [classes('no', 'yes'), classes('no', 'yes', 'sunglasses')],
    ] as const) {
      assert.ok(!keepsMeaning(now, before), JSON.stringify([now, before]));
    }
  });
});
