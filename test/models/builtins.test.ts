import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { analysedFaceSchema } from '../../attributes/face.ts';
import { ATTRIBUTE_NAMES } from '../../attributes/list.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { analysePhoto, chipsFor } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import type { Estimator } from '../../models/estimator.ts';
import { readCards } from '../../models/model-folder.ts';
import type { Engine } from '../../vision/engine.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
const LIMITS = { minimumConfidence: 0.35, maximumFaces: 10, maximumPixels: 1e8 };

describe('the default network', () => {
  let engine: Engine;
  let best: readonly Estimator[];
  let permissive: readonly Estimator[];
  let others: Engine;

  before(async () => {
    engine = createOnnxEngine(await buildModels());
    others = { ...engine, builtin: path.join(await buildModels(), 'age-gender-net') };
    best = await openBuiltins(engine).estimators();
    permissive = await openBuiltins(others).estimators();
  });

  async function analyse(estimators: readonly Estimator[], sample: string) {
    const models = { detector: await engine.loadDetector(), estimators };
    const { faces } = await analysePhoto(models, await readFile(path.join(SAMPLES, sample)), LIMITS);
    return faces.map(({ told, ...face }) => analysedFaceSchema.parse({ ...face, ...told }));
  }

  it('is as its cards say', async () => {
    const folder = engine.builtin;
    const cards = await readCards(folder);
    assert.deepEqual(Object.keys(cards), ATTRIBUTE_NAMES);
    for (const { name, files, trainedOn } of Object.values(cards)) {
      const onnx = await readFile(path.join(folder, 'model.onnx'));
      assert.equal(name, 'facedrop');
      assert.equal(files['model.onnx'].bytes, onnx.length);
      assert.equal(files['model.onnx'].sha256, createHash('sha256').update(onnx).digest('hex'));
      assert.ok(trainedOn.faces.test > 0);
    }
  });

  it('looks at the same chip of a face', async () => {
    const chips = chipsFor(best);
    assert.deepEqual(
      chips.map(({ side }) => side),
      [160],
    );
    for (const estimator of best) assert.deepEqual(estimator.chips, chips);
  });

  it('judges people as others would: Eileen Collins and Abraham Lincoln', async () => {
    const [[collins], [lincoln]] = [await analyse(best, 'astronaut.jpg'), await analyse(best, 'lincoln.jpg')];
    // She was 36 or so, he 54: the ages that they look, within a decade.
    assert.equal(collins?.gender.gender, 'F');
    assert.equal(lincoln?.gender.gender, 'M');
    assert.ok(collins && collins.age.years > 25 && collins.age.years < 45, `${collins?.age.years}`);
    assert.ok(lincoln && lincoln.age.years > 40 && lincoln.age.years < 65, `${lincoln?.age.years}`);
    assert.equal(collins?.age.model.name, 'facedrop');
  });

  it('gives way to AgeGenderNet where there is none', async () => {
    const [face] = await analyse(permissive, 'astronaut.jpg');
    assert.equal(face?.age.model.name, 'AgeGenderNet');
    assert.equal(face?.gender.model.name, 'AgeGenderNet');
    assert.equal(chipsFor(permissive).length, 2);
  });
});
