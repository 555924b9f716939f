import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { FACE_SIDE } from '../../../training/dataset/prepared.ts';
import { augmentationSchema, type OptimizerSpec, optimizerSchema } from '../../../training/spec.ts';
import { EventFile, histogram, maskedChecksum } from '../../../training/trainer/event-file.ts';
import { createOptimizer, learningRateAt } from '../../../training/trainer/optimizer.ts';
import { randomFor } from '../../../training/trainer/random.ts';
import { Sampler } from '../../../training/trainer/sampler.ts';
import { Tally, targetOf } from '../../../training/trainer/target.ts';
import { CENTRE, cutView, drawView } from '../../../training/trainer/view.ts';
import { tf } from '../tensorflow.ts';

const close = (actual: number, expected: number, tolerance = 1e-6) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

describe('a sampler', () => {
  it('shows each example once an epoch, each epoch in another order', () => {
    const sampler = new Sampler(10, { seed: 1, batch: 5 });
    const epochs = [0, 2, 4].map((step) => [...sampler.at(step), ...sampler.at(step + 1)]);
    for (const epoch of epochs)
      assert.deepEqual(
        epoch.toSorted((a, b) => a - b),
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      );
    assert.equal(new Set(epochs.map(String)).size, 3);
  });

  it('does not remember: a step is the same whatever was asked before', () => {
    const [one, other] = [new Sampler(100, { seed: 7, batch: 8 }), new Sampler(100, { seed: 7, batch: 8 })];
    for (const step of [0, 1, 2]) one.at(step);
    assert.deepEqual(one.at(50), other.at(50));
    assert.notDeepEqual(one.at(50), new Sampler(100, { seed: 8, batch: 8 }).at(50));
  });

  it('shows rare classes as often as others when balanced, but at most ten times as often as they occur', () => {
    const classes = Array.from({ length: 1000 }, (_, index) => (index === 0 ? 2 : Number(index < 300)));
    const sampler = new Sampler(1000, { seed: 1, batch: 1000, balance: { classes, power: 1 } });
    const drawn = [0, 1, 2, 3].flatMap((step) => sampler.at(step)).map((index) => classes[index]);
    const share = (wanted: number) => drawn.filter((one) => one === wanted).length / drawn.length;
    close(share(1) / share(0), 1, 0.15);
    assert.ok(share(2) > 0.003 && share(2) < 0.02, String(share(2)));
    const half = new Sampler(1000, { seed: 1, batch: 4000, balance: { classes, power: 0.5 } });
    const rare = half.at(0).filter((index) => classes[index] === 1).length / 4000;
    // Of 299 and 700 faces, by their roots.
    close(rare, 0.39, 0.03);
  });
});

describe('a view', () => {
  const face = Uint8Array.from({ length: FACE_SIDE ** 2 * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % FACE_SIDE, Math.floor(index / 3 / FACE_SIDE)];
    return index % 3 === 0 ? x : index % 3 === 1 ? y : 100;
  });
  const cut = (view = CENTRE, side = FACE_SIDE, share = 1) => {
    const into = new Float32Array(side * side * 3);
    cutView(face, view, { side, share }, into, 0);
    return into;
  };

  it('of the whole face in its own size is the face', () => {
    for (const [index, value] of cut().entries()) close(value, face[index] ?? 0, 1e-3);
  });

  it('is mirrored by a flip', () => {
    const [plain, mirrored] = [cut(), cut({ ...CENTRE, flip: true })];
    for (let x = 0; x < FACE_SIDE; x++)
      close(mirrored[x * 3] ?? -1, plain[(FACE_SIDE - 1 - x) * 3] ?? 0, 1e-3);
  });

  it('shows the middle, averaged, when it is smaller', () => {
    const small = cut(CENTRE, 64, 0.5);
    // 128 pixels of the middle on 64: the first is the mean of 64 and 65.
    close(small[0] ?? 0, 64.5, 1e-3);
    close(small[1] ?? 0, 64.5, 1e-3);
    close(small[63 * 3] ?? 0, 190.5, 1e-3);
  });

  it('is turned and shifted', () => {
    const turned = cut({ ...CENTRE, turn: Math.PI / 2 }, 128, 0.5);
    const plain = cut(CENTRE, 128, 0.5);
    // A quarter turn: what was right is below.
    close(turned[1] ?? 0, plain[1] ?? 0, 1e-3);
    close(turned[127 * 3 + 1] ?? 0, plain[127 * 128 * 3 + 1] ?? 0, 1e-3);
    close(cut({ ...CENTRE, shift: [0.1, 0] }, 128, 0.5)[0] ?? 0, (plain[0] ?? 0) + 12.8, 1e-3);
  });

  it('changes colours without leaving 0 to 255', () => {
    const bright = cut({ ...CENTRE, brightness: 1 }, 32);
    assert.ok(bright.every((value) => value === 255));
    const grey = cut({ ...CENTRE, saturation: 0 }, 32);
    close(grey[0] ?? 0, grey[2] ?? 1, 1e-3);
  });

  it('is the same for the same random numbers, whichever parts are on', () => {
    const all = augmentationSchema.parse({});
    const draw = (augmentation = all) => drawView(randomFor(1, 'view', 5), augmentation);
    assert.deepEqual(draw(), draw());
    assert.deepEqual(draw({ ...all, flip: false, colour: 0 }).shift, draw().shift);
    const erased = drawView(randomFor(1), { ...all, erasing: 1 }).erased;
    assert.ok(erased && erased.left + erased.width <= 1 && erased.top + erased.height <= 1);
  });
});

describe('a target', () => {
  const years = { task: 'age', output: 'years', labelDeviation: 2 } as const;

  it('of years is a Gaussian around the age', () => {
    const target = targetOf({ age: 30 }, years);
    assert.equal(target.length, 101);
    close(
      target.reduce((sum, value) => sum + value),
      1,
    );
    assert.equal(target.indexOf(Math.max(...target)), 30);
    close((target[32] ?? 0) / (target[30] ?? 1), Math.exp(-0.5));
    assert.equal(targetOf({ age: 30 }, { ...years, labelDeviation: 0 })[30], 1);
    assert.equal(targetOf({ age: 110 }, years).indexOf(Math.max(...targetOf({ age: 110 }, years))), 100);
  });

  it('of a range covers it', () => {
    const target = targetOf({ age: 28.5, ageRange: { low: 25, high: 32 } }, years);
    close((target[26] ?? 0) / (target[31] ?? 1), 1, 0.01);
  });

  it('of groups and genders is one-hot', () => {
    assert.deepEqual([...targetOf({ age: 30 }, { ...years, output: 'groups' })], [0, 0, 0, 0, 1, 0, 0, 0]);
    assert.deepEqual([...targetOf({ gender: 'F' }, { ...years, task: 'gender' })], [0, 1]);
  });

  it('is what answers are judged by', () => {
    const tally = new Tally({ ...years, output: 'groups' });
    for (const age of [30, 40, 60]) {
      const face = { age };
      tally.add([0, 0, 0, 0.1, 0.6, 0.3, 0, 0], targetOf(face, { ...years, output: 'groups' }), face);
    }
    const { exact, oneOff, loss } = tally.result(1);
    close(exact, 1 / 3);
    close(oneOff, 2 / 3);
    assert.ok(loss > 20, 'what was thought impossible costs much');
  });
});

describe('an optimiser', () => {
  const plain = { momentum: () => tf.train.momentum(0.001, 0.9), adam: () => tf.train.adam(0.001) };
  for (const name of ['momentum', 'adam'] as const) {
    it(`changes weights as TensorFlow.js does: ${name}`, () => {
      const spec = optimizerSchema.parse(name === 'adam' ? { name, warmUp: 0 } : { name });
      const start = tf.randomNormal([5, 3], 0, 1, 'float32', 1);
      const [own, theirs] = [tf.variable(start, true), tf.variable(start, true, `theirs-${name}`)];
      // Enough steps in all that the cosine does not matter.
      const optimizer = createOptimizer(spec, [own], 1e9);
      const reference = plain[name]();
      for (let step = 0; step < 5; step++) {
        const gradient = tf.randomNormal([5, 3], 0, 1, 'float32', step + 2);
        optimizer.apply([gradient], step);
        reference.applyGradients([{ name: theirs.name, tensor: gradient }]);
      }
      close(own.sub(theirs).abs().max().dataSync()[0] ?? 1, 0, 2e-6);
    });
  }

  it('changes weights as in the paper: adadelta', () => {
    // Not as TensorFlow.js, which divides by the squares of the step before.
    const weight = tf.variable(tf.scalar(1));
    const optimizer = createOptimizer(optimizerSchema.parse({ name: 'adadelta' }), [weight], 1);
    let [x, squares, updates] = [1, 0, 0];
    for (const [step, gradient] of [0.5, -2, 1].entries()) {
      squares = 0.95 * squares + 0.05 * gradient ** 2;
      const update = (Math.sqrt(updates + 1e-6) / Math.sqrt(squares + 1e-6)) * gradient;
      updates = 0.95 * updates + 0.05 * update ** 2;
      x -= update;
      optimizer.apply([tf.scalar(gradient)], step);
      close(weight.dataSync()[0] ?? 0, x);
    }
  });

  it('follows its schedule', () => {
    const rates = (spec: OptimizerSpec, steps: number[]) =>
      steps.map((step) => learningRateAt(spec, step, 100));
    const momentum = optimizerSchema.parse({ name: 'momentum', learningRate: 1, decay: 0.5, decaySteps: 10 });
    assert.deepEqual(rates(momentum, [0, 9, 10, 25]), [1, 1, 0.5, 0.25]);
    const [first = 0, warm = 0, half = 0, last = 0] = rates(
      optimizerSchema.parse({ name: 'adam', learningRate: 1, warmUp: 0.2 }),
      [0, 19, 60, 100],
    );
    close(first, 0.05);
    close(warm, 1);
    close(half, 0.5);
    close(last, 0);
  });
});

describe('an event file', () => {
  it('has the checksums of the TFRecord format', () => {
    // From RFC 3720, B.4: 32 bytes of zeros have the CRC-32C 0x8a9136aa.
    const turned = ((0x8a9136aa >>> 15) | (0x8a9136aa << 17)) >>> 0;
    assert.equal(maskedChecksum(new Uint8Array(32)), (turned + 0xa282ead8) >>> 0);
  });

  it('holds records of a length, its checksum, data and their checksum', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'facedrop-events-'));
    try {
      const events = await EventFile.create(directory, 0);
      await events.write(100, [{ tag: 'training/loss', simpleValue: 1.5 }]);
      await events.write(100, [{ tag: 'weights/a', histo: histogram(Float32Array.of(0, 1, 1, 3)) }]);
      await events.close();
      const [name = ''] = await readdir(directory);
      const bytes = await readFile(path.join(directory, name));
      const texts: string[] = [];
      for (let position = 0; position < bytes.length; ) {
        const length = Number(bytes.readBigUInt64LE(position));
        assert.equal(
          bytes.readUInt32LE(position + 8),
          maskedChecksum(bytes.subarray(position, position + 8)),
        );
        const data = bytes.subarray(position + 12, position + 12 + length);
        assert.equal(bytes.readUInt32LE(position + 12 + length), maskedChecksum(data));
        texts.push(data.toString('latin1'));
        position += length + 16;
      }
      assert.equal(texts.length, 4);
      assert.match(texts[0] ?? '', /brain\.Event:2/);
      assert.match(texts[2] ?? '', /training\/loss/);
      assert.match(texts[3] ?? '', /weights\/a/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('counts values in buckets', () => {
    const { bucket, bucketLimit, min, max, num } = histogram(Float32Array.of(0, 1, 1, 3));
    assert.deepEqual([min, max, num], [0, 3, 4]);
    assert.equal(
      bucket.reduce((sum, count) => sum + count),
      4,
    );
    assert.deepEqual([bucket[0], bucket[10], bucket[29]], [1, 2, 1]);
    close(bucketLimit[29] ?? 0, 3);
  });
});
