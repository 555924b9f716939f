import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { estimateFaces } from '../../models/analysis.ts';
import { type ModelCard, modelCardSchema } from '../../models/card.ts';
import { estimatorsOf } from '../../models/estimator.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import { ageDraft, genderDraft } from './card.ts';

const SIDE = 2;
const files = { 'model.onnx': { bytes: 1, sha256: '0'.repeat(64) } };
const sight = { input: { side: SIDE }, views: [{ extent: 1 }, { extent: 1, mirrored: true }] };
const groups = { ...ageDraft('1', sight), output: 'groups' } as const;
const cards: ModelCard[] = [
  { ...groups, files },
  { ...genderDraft('1', sight), files },
];

const specs = [{ side: SIDE, extent: 1 }];

/** Says how likely a man is by the first byte of each chip, and remembers how many chips it was asked about. */
function network() {
  const asked: number[] = [];
  const run = async (chips: Uint8Array) => {
    const bytes = chipBytes({ side: SIDE });
    asked.push(chips.length / bytes);
    return Array.from({ length: chips.length / bytes }, (_, chip) => {
      const male = (chips[chip * bytes] ?? 0) / 100;
      return { age: Float32Array.of(0, 0, 0, 0, 1, 0, 0, 0), gender: Float32Array.of(male, 1 - male) };
    });
  };
  return { asked, run };
}

/** Chips whose left pixels are `value` and whose right ones are twice as bright. */
const chipsOf = (...values: number[]) =>
  Uint8Array.from(
    values.flatMap((value) => Array.from({ length: 2 }, () => [value, 0, 0, 2 * value, 0, 0]).flat()),
  );

describe('estimators of a network', () => {
  it('average a face and its mirror image', async () => {
    const [, gender] = estimatorsOf(network(), cards);
    const model = { name: 'transfer', version: '1' };
    assert.deepEqual(await gender?.estimate({ specs, chips: chipsOf(10, 50) }), [
      { gender: { gender: 'F', confidence: 0.85, model } },
      { gender: { gender: 'M', confidence: 0.75, model } },
    ]);
  });

  it('look once at what several are asked about', async () => {
    const { asked, run } = network();
    const told = await estimateFaces(estimatorsOf({ run }, cards), { specs, chips: chipsOf(10) });
    assert.deepEqual([...told.keys()], ['age', 'gender']);
    assert.deepEqual(Object.keys(told.get('age')?.[0] ?? {}), ['age', 'score']);
    assert.deepEqual(asked, [2]);
  });
});

describe('a card', () => {
  it('of an earlier version names the usual views by their number', () => {
    const { views, ...rest } = { ...ageDraft('1'), files };
    const earlier = { ...rest, input: { side: 112, extent: 1.3 }, crops: 2 };
    assert.deepEqual(modelCardSchema.parse(earlier), { ...rest, views });
  });
});

describe('the card of an own attribute', () => {
  it('has no name of one that is built in, whose estimates it would replace by others', () => {
    const card = (name: string) => {
      const { task, output, estimate, interval, metrics, ...common } = ageDraft('1');
      const definition = { name, kind: 'classes', classes: ['happy', 'sad'] };
      return modelCardSchema.safeParse({
        ...common,
        ...{ task: name, definition, output: 'classes', metrics: { faces: 1 }, files },
      });
    };
    assert.equal(card('mood').success, true, card('mood').error?.message);
    assert.match(card('expression').error?.message ?? '', /name of one that is built in/);
  });
});
