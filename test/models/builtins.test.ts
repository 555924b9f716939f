import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { faceSchema } from '../../attributes/face.ts';
import { USUAL_NAMES } from '../../attributes/list.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { analysePhoto, chipsFor } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import type { Estimator } from '../../models/estimator.ts';
import { readCards } from '../../models/model-folder.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import type { Engine } from '../../vision/engine.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
/** What the sample photos show. */
const EYES_AND_MOUTHS = [
  ['astronaut.jpg', ['open', 1], ['open', 1]],
  ['hopper.jpg', ['open', 1], ['closed', 0.99]],
  ['lincoln.jpg', ['open', 1], ['closed', 0.96]],
] as const;
const LIMITS = { minimumConfidence: 0.35, maximumFaces: 10, maximumPixels: 1e8 };

describe('the networks that the layer brings', () => {
  let engine: Engine;

  before(async () => {
    engine = createOnnxEngine(await buildModels());
  });

  const open = async (name: string) =>
    openBuiltins({ ...engine, builtins: [path.join(await buildModels(), name)] }).estimators(USUAL_NAMES);

  async function look(estimators: readonly Estimator[], sample: string) {
    const models = { detector: await engine.loadDetector(), estimators };
    const { faces } = await analysePhoto(models, await readFile(path.join(SAMPLES, sample)), LIMITS);
    return faces.map(({ told, ...face }) => faceSchema.parse({ ...face, ...told }));
  }

  const usual = faceSchema.required({ age: true, gender: true, score: true });
  const analyse = async (estimators: readonly Estimator[], sample: string) =>
    (await look(estimators, sample)).map((face) => usual.parse(face));

  for (const [folder, model, side] of [
    ['default', 'facedrop', 128],
    ['small', 'facedrop-small', 112],
    ['permissive', 'facedrop-permissive', 128],
  ] as const) {
    describe(folder, () => {
      it('is as its cards say', async () => {
        const own = path.join(await buildModels(), folder);
        const cards = await readCards(own);
        assert.deepEqual(Object.keys(cards), USUAL_NAMES);
        for (const { name, files, trainedOn } of Object.values(cards)) {
          const onnx = await readFile(path.join(own, 'model.onnx'));
          assert.equal(name, model);
          assert.equal(files['model.onnx'].bytes, onnx.length);
          assert.equal(files['model.onnx'].sha256, createHash('sha256').update(onnx).digest('hex'));
          assert.ok(trainedOn.faces.test > 0);
        }
      });

      it('looks at the same chip of a face', async () => {
        const estimators = await open(folder);
        const chips = chipsFor(estimators);
        assert.deepEqual(
          chips.map((chip) => chip.side),
          [side],
        );
        for (const estimator of estimators) assert.deepEqual(estimator.chips, chips);
      });
    });
  }

  for (const name of ['default', 'small', 'permissive']) {
    it(`judge people as others would: Eileen Collins and Abraham Lincoln, by the ${name} one`, async () => {
      const estimators = await open(name);
      const [[collins], [lincoln]] = [
        await analyse(estimators, 'astronaut.jpg'),
        await analyse(estimators, 'lincoln.jpg'),
      ];
      // She was 36 or so, he 54: the ages that they look, within a decade.
      assert.equal(collins?.gender.gender, 'F');
      assert.equal(lincoln?.gender.gender, 'M');
      assert.ok(collins && collins.age.years > 25 && collins.age.years < 45, `${collins?.age.years}`);
      assert.ok(lincoln && lincoln.age.years > 40 && lincoln.age.years < 65, `${lincoln?.age.years}`);
    });
  }

  it('judge people as others would: Abraham Lincoln and Grace Hopper, by the small one', async () => {
    const estimators = await open('small');
    const [[lincoln], [hopper]] = [
      await analyse(estimators, 'lincoln.jpg'),
      await analyse(estimators, 'hopper.jpg'),
    ];
    // He was 54, she 78.
    assert.equal(lincoln?.gender.gender, 'M');
    assert.ok(lincoln && lincoln.age.years > 40 && lincoln.age.years < 65, `${lincoln?.age.years}`);
    assert.ok(hopper && hopper.age.years > 68 && hopper.age.years < 88, `${hopper?.age.years}`);
  });

  it('tell a smile from a serious face, where expressions are asked for', async () => {
    const builtins = openBuiltins(engine);
    const estimators = await builtins.estimators(['expression', 'age']);
    assert.deepEqual(
      estimators.map(({ attribute }) => attribute),
      ['age', 'expression'],
    );
    const [[collins], [lincoln]] = [
      await look(estimators, 'astronaut.jpg'),
      await look(estimators, 'lincoln.jpg'),
    ];
    assert.equal(collins?.expression?.expression, 'happiness');
    assert.ok(collins.expression.smile > 0.9);
    assert.equal(lincoln?.expression?.expression, 'neutral');
    assert.ok(lincoln.expression.smile < 0.3);
    assert.equal(collins.expression.model.name, 'FaceExpressionNet');
  });

  it('tell whether eyes and mouths are open, where that is asked for', async () => {
    const estimators = await openBuiltins(engine).estimators(['eyes', 'mouth']);
    assert.deepEqual(chipsFor(estimators), [{ side: 192, extent: 1.5 }]);
    for (const [sample, eyes, mouth] of EYES_AND_MOUTHS) {
      const [face] = await look(estimators, sample);
      const { eyes: saidEyes, mouth: saidMouth } = face ?? {};
      assert.deepEqual([saidEyes?.eyes, saidMouth?.mouth], [eyes[0], mouth[0]], sample);
      for (const [said, expected] of [[saidEyes, eyes] as const, [saidMouth, mouth] as const]) {
        const off = Math.abs((said?.confidence ?? Number.NaN) - expected[1]);
        assert.ok(off < 0.02, `${sample}: ${said?.confidence}`);
        assert.equal(said?.model.name, 'FaceMesh');
      }
    }
  });

  it('look once at a face, whatever is made of what they say', async () => {
    const looks: Record<string, number> = {};
    const counting: Engine = {
      ...engine,
      async openNetwork(folder, side, outputs) {
        const network = await engine.openNetwork(folder, side, outputs);
        const name = path.basename(folder);
        return {
          run(chips) {
            looks[name] = (looks[name] ?? 0) + chips.length / chipBytes({ side });
            return network.run(chips);
          },
        };
      },
    };
    const photo = await readFile(path.join(SAMPLES, 'astronaut.jpg'));
    const told = async (names: readonly string[]) => {
      const estimators = await openBuiltins(counting).estimators(names);
      const models = { detector: await engine.loadDetector(), estimators };
      const { faces } = await analysePhoto(models, photo, { ...LIMITS, maximumFaces: 1 });
      return faces[0]?.told;
    };
    const expected = {
      ...(await told(['expression'])),
      ...(await told(['eyes', 'mouth'])),
      ...(await told(['looks'])),
    };
    const apart = { ...looks };
    for (const name of Object.keys(looks)) looks[name] = 0;
    assert.deepEqual(await told(['age', 'gender', 'expression', 'eyes', 'mouth', 'looks']), {
      ...(await told(USUAL_NAMES)),
      ...expected,
    });
    const { 'face-expression-net': expressions = 0, looks: ratings } = apart;
    assert.equal(looks['face-expression-net'], expressions / 2, 'once for both');
    assert.equal(looks.looks, ratings);
    assert.equal(looks['face-mesh'], 1, 'once for eyes and mouth');
  });

  it('are in service in this order: the default one, and AgeGenderNet where there is no other', async () => {
    assert.deepEqual(
      engine.builtins.map((folder) => path.basename(folder)),
      ['default', 'face-expression-net', 'face-mesh', 'looks'],
    );
    const other = await open('age-gender-net');
    const [face] = await analyse(other, 'astronaut.jpg');
    assert.equal(face?.age.model.name, 'AgeGenderNet');
    assert.equal(face?.gender.model.name, 'AgeGenderNet');
    assert.equal(chipsFor(other).length, 2);
  });
});
