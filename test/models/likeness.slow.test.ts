import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, describe, it } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { looksSchema } from '../../attributes/looks/result.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { analysePhoto } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import type { KnownPerson } from '../../models/likeness.ts';
import {
  openRecognizer,
  type Recognizer,
  readRecognizerCard,
  referenceOf,
  type Vector,
} from '../../models/recognizer.ts';
import { judgeLikeness } from '../../training/evaluation/likeness.ts';
import type { Engine } from '../../vision/engine.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { samples } from '../fixtures/index.ts';

const LIMITS = { minimumConfidence: 0.35, maximumFaces: 10, maximumPixels: 1e8 };
const PEOPLE = { collins: samples.astronaut, hopper: samples.hopper, lincoln: samples.lincoln };

/** What a photo looks like on other ways to it. */
const COPIES = [
  (photo: Sharp) => photo.flop(),
  (photo: Sharp) => photo.modulate({ brightness: 0.6 }),
  (photo: Sharp) => photo.greyscale().jpeg({ quality: 30 }),
  (photo: Sharp) => photo.rotate(8, { background: 'grey' }).blur(1.5),
];

describe('likeness', () => {
  let engine: Engine;
  let recognizer: Recognizer;

  before(async () => {
    engine = createOnnxEngine(await buildModels());
    recognizer = await openRecognizer(engine);
  });

  async function vectorsIn(bytes: Uint8Array): Promise<Vector[]> {
    const photo = await decodePhoto(bytes, LIMITS.maximumPixels);
    const options = { ...LIMITS, chips: recognizer.chips };
    const { chips } = await findFaces(photo, await engine.loadDetector(), options);
    return recognizer.vectors({ specs: recognizer.chips, chips });
  }

  async function vectorOf(bytes: Uint8Array): Promise<Vector> {
    const [vector] = await vectorsIn(bytes);
    assert.ok(vector);
    return vector;
  }

  async function copiesOf(file: string): Promise<Buffer[]> {
    const upright = await sharp(await readFile(file))
      .autoOrient()
      .png()
      .toBuffer();
    return Promise.all(COPIES.map((change) => change(sharp(upright)).toBuffer()));
  }

  async function looksOf(bytes: Uint8Array, people: readonly KnownPerson[]) {
    const estimators = await openBuiltins(engine, {}, () => ({ get: async () => people })).estimators([
      'looks',
    ]);
    const models = { detector: await engine.loadDetector(), estimators };
    const { faces } = await analysePhoto(models, bytes, { ...LIMITS, maximumFaces: 1 });
    return looksSchema.parse(faces[0]?.told.looks);
  }

  it('tells people apart on copies of their photos that nobody was fitted on', async () => {
    const known = await Promise.all(
      Object.entries(PEOPLE).map(async ([person, file]) => {
        const photos = [await readFile(file), ...(await copiesOf(file))];
        return Promise.all(photos.map(async (photo) => ({ person, vector: await vectorOf(photo) })));
      }),
    );
    const crowd = await vectorsIn(await readFile(samples.oath));
    const strangers = crowd.map((vector, index) => ({ person: `stranger ${index}`, vector }));
    const measures = judgeLikeness([...known.flat(), ...strangers], recognizer);
    assert.equal(measures.people, 3 + crowd.length);
    // A constant answer has 0.5.
    assert.ok(measures.auc > 0.98, `${measures.auc}`);
    assert.ok(measures.likeness.same > 80 && measures.likeness.other < 20, JSON.stringify(measures.likeness));
    assert.equal(measures.nearest, 1);
  });

  it('names the person of the gallery whom a face is most like', async () => {
    const people = await Promise.all(
      Object.entries(PEOPLE).map(async ([name, file]) => ({
        name,
        reference: referenceOf([await vectorOf(await readFile(file))]),
      })),
    );
    for (const [name, file] of Object.entries(PEOPLE)) {
      const [mirrored = Buffer.of()] = await copiesOf(file);
      const { parts, resembles } = await looksOf(mirrored, people);
      assert.equal(resembles, name);
      assert.ok((parts.likeness ?? 0) > 80, `${name}: ${parts.likeness}`);
      const others = await looksOf(
        mirrored,
        people.filter((person) => person.name !== name),
      );
      assert.ok(others.resembles !== name && (others.parts.likeness ?? 100) < 40, JSON.stringify(others));
    }
  });

  it('is told of nobody while nobody is in the gallery, and tells no vector', async () => {
    const nobody = await looksOf(await readFile(samples.astronaut), []);
    assert.ok(!('likeness' in nobody.parts) && !('resembles' in nobody));
    const vector = await vectorOf(await readFile(samples.hopper));
    const told = await looksOf(await readFile(samples.astronaut), [
      { name: 'Hopper', reference: referenceOf([vector]) },
    ]);
    assert.deepEqual(Object.keys(told).sort(), ['model', 'parts', 'resembles', 'score', 'symmetry']);
    assert.equal(told.score, told.parts.learned);
  });

  it('counts several photos of a person as one that is between them', async () => {
    const [vector] = [await vectorOf(await readFile(samples.hopper))];
    const [one, three] = [referenceOf([vector]), referenceOf([vector, vector, vector])];
    const face = await vectorOf(await readFile(samples.astronaut));
    assert.ok(recognizer.distance(face, three) > recognizer.distance(face, one));
    assert.deepEqual(three.vector, one.vector);
  });

  it('has a card that says how well it tells people apart', async () => {
    const card = await readRecognizerCard(engine.recognizer ?? '');
    assert.deepEqual({ name: card.name, version: card.version }, recognizer.model);
    assert.ok(card.metrics.auc > 0.98);
    assert.ok(card.fittedOn.people > 100);
  });
});
