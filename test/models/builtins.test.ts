import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build.ts';
import { loadBuiltins, openBuiltins } from '../../models/builtins.ts';
import { TASKS } from '../../models/card.ts';
import { readCard } from '../../models/model-folder.ts';
import { analysePhoto } from '../../vision/analysis.ts';
import type { Engine } from '../../vision/engine.ts';
import type { Estimators } from '../../vision/estimator.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
const LIMITS = { minimumConfidence: 0.35, maximumFaces: 10, maximumPixels: 1e8 };

describe('the default networks', () => {
  let engine: Engine;
  let best: Estimators;
  let permissive: Estimators;

  before(async () => {
    engine = createOnnxEngine(await buildModels());
    best = await loadBuiltins(engine, 4);
    permissive = await loadBuiltins({ ...engine, defaultNetwork: () => undefined }, 4);
  });

  async function analyse(estimators: Estimators, sample: string) {
    const analysts = { detector: await engine.loadDetector(), ...estimators };
    const { faces } = await analysePhoto(analysts, await readFile(path.join(SAMPLES, sample)), LIMITS);
    return faces;
  }

  it('are as their cards say', async () => {
    for (const task of TASKS) {
      const folder = engine.defaultNetwork(task) ?? '';
      const { name, files, trainedOn } = await readCard(folder);
      const onnx = await readFile(path.join(folder, 'model.onnx'));
      assert.equal(name, `facedrop-${task}`);
      assert.equal(files['model.onnx'].bytes, onnx.length);
      assert.equal(files['model.onnx'].sha256, createHash('sha256').update(onnx).digest('hex'));
      assert.ok(trainedOn.faces.test > 0);
    }
  });

  it('look at one chip of a face each', async () => {
    const { chips } = openBuiltins(engine, 4);
    for (const task of TASKS)
      assert.deepEqual(
        (await chips(task)).map(({ side }) => side),
        [160],
      );
  });

  it('judge people as others would: Eileen Collins and Abraham Lincoln', async () => {
    const [[collins], [lincoln]] = [await analyse(best, 'astronaut.jpg'), await analyse(best, 'lincoln.jpg')];
    // She was 36 or so, he 54: the ages that they look, within a decade.
    assert.equal(collins?.gender.gender, 'F');
    assert.equal(lincoln?.gender.gender, 'M');
    assert.ok(collins && collins.age.years > 25 && collins.age.years < 45, `${collins?.age.years}`);
    assert.ok(lincoln && lincoln.age.years > 40 && lincoln.age.years < 65, `${lincoln?.age.years}`);
    assert.equal(collins?.age.model.name, 'facedrop-age');
  });

  it("give way to the engine's estimator where there are none", async () => {
    const [face] = await analyse(permissive, 'astronaut.jpg');
    assert.equal(face?.age.model.name, 'AgeGenderNet');
    assert.equal(face?.gender.model.name, 'AgeGenderNet');
    const { chips } = openBuiltins({ ...engine, defaultNetwork: () => undefined }, 4);
    assert.equal((await chips('age')).length, 2);
  });
});
