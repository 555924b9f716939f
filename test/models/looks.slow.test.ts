import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import sharp from 'sharp';
import { type Looks, looksSchema } from '../../attributes/looks/result.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { analysePhoto } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import { readCards } from '../../models/model-folder.ts';
import type { Engine } from '../../vision/engine.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');
const LIMITS = { minimumConfidence: 0.35, maximumFaces: 1, maximumPixels: 1e8 };
const FRONTAL = ['astronaut.jpg', 'hopper.jpg', 'lincoln.jpg'] as const;

/** Each part must tell more than a constant answer would, on photos that no training has seen. */
describe('looks', () => {
  let engine: Engine;

  before(async () => {
    engine = createOnnxEngine(await buildModels());
  });

  async function look(photo: Uint8Array, from = engine): Promise<Looks> {
    const estimators = await openBuiltins(from).estimators(['looks']);
    const { faces } = await analysePhoto(
      { detector: await engine.loadDetector(), estimators },
      photo,
      LIMITS,
    );
    return looksSchema.parse(faces[0]?.told.looks);
  }

  const sample = (name: string) => readFile(path.join(SAMPLES, name));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('are learned: people differ by more than a photo differs from its mirror image', async () => {
    const told = await Promise.all(
      FRONTAL.map(async (name) => {
        const photo = await sample(name);
        const mirrored = await sharp(photo).flop().png().toBuffer();
        return Promise.all(
          [photo, mirrored].map(async (each) => (await look(each)).parts.learned ?? Number.NaN),
        );
      }),
    );
    const [collins = [], hopper = [], lincoln = []] = told;
    const apart = told.map(([one = 0, other = 0]) => Math.abs(one - other));
    // Raters prefer young faces, and a smile: Collins was 36, Lincoln 54, Hopper 78.
    assert.ok(mean(collins) > mean(lincoln) && mean(lincoln) > mean(hopper) + 1, told.join('; '));
    assert.ok(mean(collins) - mean(hopper) > 1.5 * mean(apart), `${told.join('; ')}`);
  });

  it('tell a smile, and a face that is shaped like others', async () => {
    const [collins, , lincoln] = await Promise.all(FRONTAL.map(async (name) => look(await sample(name))));
    assert.ok((collins?.parts.smile ?? 0) > 90 && (lincoln?.parts.smile ?? 100) < 30);
    const changes = await Promise.all(
      FRONTAL.map(async (name) => {
        const photo = await sample(name);
        const { width, height } = await sharp(photo).metadata();
        const long = sharp(photo).resize(width, Math.round(1.3 * height), { fit: 'fill' });
        const [one, other] = [await look(photo), await look(await long.png().toBuffer())];
        return (one.parts.shape ?? 0) - (other.parts.shape ?? 0);
      }),
    );
    assert.ok(Math.min(...changes) > 0 && mean(changes) > 30, changes.join(', '));
  });

  it('tell the quality of the picture, and symmetry, which a turned head lacks', async () => {
    const photo = await sample('astronaut.jpg');
    const [clear, blurred] = [await look(photo), await look(await sharp(photo).blur(5).png().toBuffer())];
    assert.ok((clear.parts.quality ?? 0) > (blurred.parts.quality ?? 100) + 20);
    const turned = await look(await sample('photographer.png'));
    assert.ok((clear.symmetry ?? 0) > 90 && (turned.symmetry ?? 100) < 20);
  });

  it('are told without what was learned of ratings where only permissive weights are', async () => {
    const builtins = engine.builtins.filter((folder) => path.basename(folder) !== 'looks');
    const told = await look(await sample('astronaut.jpg'), { ...engine, builtins });
    assert.deepEqual(Object.keys(told.parts), ['smile', 'quality', 'shape']);
    assert.equal(told.model, undefined);
  });

  it('have a card that tells how much better than the constant answer they are', async () => {
    const { looks } = await readCards(path.join(await buildModels(), 'looks'));
    assert.equal(looks?.name, 'facedrop-looks');
    // The constant answer is off by 0.59.
    assert.ok((looks.metrics.looksError ?? 1) < 0.26);
    assert.ok((looks.metrics.looksRanks ?? 0) > 0.85);
    assert.ok(looks.trainedOn.faces.test > 300);
  });
});
