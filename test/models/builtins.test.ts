import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { analysePhoto } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import type { Estimators } from '../../models/estimator.ts';
import { readDefaultCards } from '../../models/model-folder.ts';
import type { Engine } from '../../vision/engine.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
const LIMITS = { minimumConfidence: 0.35, maximumFaces: 10, maximumPixels: 1e8 };

describe('the default network', () => {
  let engine: Engine;
  let best: Estimators;
  let permissive: Estimators;

  before(async () => {
    engine = createOnnxEngine(await buildModels());
    best = await openBuiltins(engine, 4).estimators();
    permissive = await openBuiltins({ ...engine, defaultNetwork: undefined }, 4).estimators();
  });

  async function analyse(estimators: Estimators, sample: string) {
    const analysts = { detector: await engine.loadDetector(), ...estimators };
    const { faces } = await analysePhoto(analysts, await readFile(path.join(SAMPLES, sample)), LIMITS);
    return faces;
  }

  it('is as its cards say', async () => {
    const folder = engine.defaultNetwork ?? '';
    const cards = await readDefaultCards(folder);
    for (const { name, files, trainedOn } of Object.values(cards)) {
      const onnx = await readFile(path.join(folder, 'model.onnx'));
      assert.equal(name, 'facedrop');
      assert.equal(files['model.onnx'].bytes, onnx.length);
      assert.equal(files['model.onnx'].sha256, createHash('sha256').update(onnx).digest('hex'));
      assert.ok(trainedOn.faces.test > 0);
    }
  });

  it('looks at the same chip of a face', async () => {
    const chips = await openBuiltins(engine, 4).chips();
    assert.deepEqual(
      chips.map(({ side }) => side),
      [160],
    );
    assert.deepEqual(best.age.chips, chips);
    assert.deepEqual(best.gender.chips, chips);
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

  it("gives way to the engine's estimator where there is none", async () => {
    const [face] = await analyse(permissive, 'astronaut.jpg');
    assert.equal(face?.age.model.name, 'AgeGenderNet');
    assert.equal(face?.gender.model.name, 'AgeGenderNet');
    const { chips } = openBuiltins({ ...engine, defaultNetwork: undefined }, 4);
    assert.equal((await chips()).length, 2);
  });
});
