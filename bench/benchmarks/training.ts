import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { TRAINABLE } from '../../networks/catalogue.ts';
import { writeSyntheticSet } from '../../test/training/synthetic-set.ts';
import { FACE_EXTENT, type PreparedSet } from '../../training/dataset/prepared.ts';
import { openPreparedSet } from '../../training/dataset/prepared-set.ts';
import { prepareTensorFlow } from '../../training/native.ts';
import { trainingSpecSchema } from '../../training/spec.ts';
import { loadTensorFlow } from '../../training/tensorflow.ts';
import { Prefetcher } from '../../training/trainer/batches.ts';
import { chipExamples } from '../../training/trainer/examples.ts';
import { kernelsOf, Stepper, shapeOf } from '../../training/trainer/step.ts';
import { unitsOf } from '../../training/trainer/target.ts';
import { cpuTime, median } from '../cpu.ts';
import { effort } from '../effort.ts';

/**
 * Compares a step of training with one of a plain loop on TensorFlow.js that has its batch in memory already, and
 * watches memory over many steps.
 */

const TURNS = effort(12);
const WARM_UPS = effort(3, 0);
/** Steps of the small network. */
const STEPS = effort(2000);
const FACES = effort(256, 32);

/** The networks that are trained here; the small one so that many steps take little time. */
const NETWORKS = {
  'levi-hassner': TRAINABLE['levi-hassner'],
  small: { side: 32, extent: 1.2, build: async () => ({ trained: smallNetwork() }) },
};

process.env.TENSORFLOW_DIRECTORY ??= await prepareTensorFlow();
await loadTensorFlow();
const directory = await mkdtemp(path.join(tmpdir(), 'facedrop-bench-'));
try {
  await writeSyntheticSet(directory, { faces: FACES });
  const set = await openPreparedSet(directory);
  await compareSteps(set);
  await watchMemory(set, 'levi-hassner', 32, effort(60));
  await watchMemory(set, 'small', 8, STEPS);
  await set.close();
} finally {
  await rm(directory, { recursive: true });
}

type Name = keyof typeof NETWORKS;

function smallNetwork(): LayersModel {
  const network = sequential();
  const conv = { filters: 8, kernelSize: 3, strides: 2, activation: 'relu' } as const;
  network.add(layers.conv2d({ ...conv, inputShape: [32, 32, 3] }));
  network.add(layers.batchNormalization({ axis: -1 }));
  network.add(layers.flatten());
  network.add(layers.dense({ units: 8, activation: 'softmax' }));
  return network;
}

function specOf(batch: number) {
  const spec = trainingSpecSchema.parse({ task: 'age', network: 'levi-hassner', output: 'groups', batch });
  return { ...spec, task: 'age' as const };
}

/** A training as the trainer has it: photos are read, decoded, augmented and learned from. */
async function trainer(set: PreparedSet, name: Name, batch: number, end: number) {
  const spec = specOf(batch);
  const { side, extent, build } = NETWORKS[name];
  const { trained } = await build({ output: spec.task, units: unitsOf(spec), seed: spec.seed });
  const stepper = new Stepper(trained, { ...spec, steps: end, kernels: kernelsOf(trained) });
  const parts = { train: set.faces, validation: [] };
  const examples = chipExamples(set, parts, spec, { side, share: extent / FACE_EXTENT });
  const batches = new Prefetcher((step) => examples.train(step), end);
  return async (step: number) => stepper.run(await batches.take(step), step);
}

/** The same network, loss, L2 and optimiser as TensorFlow.js has them, always with the same examples. */
async function plainLoop(batch: number) {
  const spec = specOf(batch);
  const { trained } = await TRAINABLE['levi-hassner'].build({
    output: spec.task,
    units: unitsOf(spec),
    seed: spec.seed,
  });
  const optimizer = tf.train.adam(1e-4);
  const kernels = kernelsOf(trained);
  const faces = tf.randomUniform([batch, ...shapeOf(trained)], 0, 255);
  const targets = tf.oneHot(tf.range(0, batch, 1, 'int32').mod(8).toInt(), 8);
  return () =>
    tf.tidy(() => {
      const cost = optimizer.minimize(() => {
        const probabilities = trained.apply(faces, { training: true }) as tf.Tensor;
        const entropy = tf.neg(probabilities.add(1e-7).log().mul(targets).sum(-1).mean());
        const penalty = tf.addN(kernels.map((kernel) => kernel.square().sum()));
        return entropy.add(penalty.mul(spec.l2 / 2)) as tf.Scalar;
      }, true);
      return cost?.dataSync()[0];
    });
}

async function compareSteps(set: PreparedSet): Promise<void> {
  const batch = 32;
  const ours = await trainer(set, 'levi-hassner', batch, TURNS + WARM_UPS + 4);
  const plain = await plainLoop(batch);
  const figures = { ours: [[], []], plain: [[], []] } as Record<'ours' | 'plain', [number[], number[]]>;
  for (let turn = 0; turn < TURNS + WARM_UPS; turn++) {
    for (const [name, work] of [
      ['ours', () => ours(turn)],
      ['plain', plain],
    ] as const) {
      const [start, cpu] = [performance.now(), cpuTime()];
      await work();
      if (turn < WARM_UPS) continue;
      figures[name][0].push(performance.now() - start);
      figures[name][1].push(cpuTime() - cpu);
    }
  }
  console.log('### A step of training\n');
  console.log('| levi-hassner, batch 32 | a step | examples/s | CPU time a step |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const [name, [walls, cpus]] of Object.entries(figures)) {
    const wall = median(walls);
    console.log(
      `| ${name} | ${wall.toFixed(0)} ms | ${((batch / wall) * 1000).toFixed(1)} | ${median(cpus).toFixed(0)} ms |`,
    );
  }
  const ratio = (index: 0 | 1) => (median(figures.ours[index]) / median(figures.plain[index])).toFixed(2);
  console.log(`\nRatio of ours to plain: ${ratio(0)} in time, ${ratio(1)} in CPU time.\n`);
}

async function watchMemory(set: PreparedSet, name: Name, batch: number, end: number): Promise<void> {
  const train = await trainer(set, name, batch, end);
  console.log(`| ${name}, batch ${batch}: step | tensors | memory |\n| ---: | ---: | ---: |`);
  for (let step = 0; step < end; step++) {
    await train(step);
    if (![0.1, 0.25, 0.5, 0.75, 1].map((part) => Math.round(part * end)).includes(step + 1)) continue;
    const megabytes = (process.memoryUsage.rss() / 1e6).toFixed(0);
    console.log(`| ${step + 1} | ${tf.memory().numTensors} | ${megabytes} MB |`);
  }
  console.log();
}
