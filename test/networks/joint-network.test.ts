import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mul } from '@tensorflow/tfjs-core';
import { input, layers, model } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from '../../layers/onnx/runtime.ts';
import { joinNetworks } from '../../networks/export/joint-network.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { apply } from '../../networks/layers.ts';
import { randomizeWeights } from './agreement.ts';

const SIDE = 6;

/** A network whose convolution is of its own only where `others` says so. */
function network(task: 'age' | 'gender', units: number, others: 'same' | 'different' = 'same'): Uint8Array {
  const chips = input({ shape: [SIDE, SIDE, 3], name: 'chips' });
  const convolution = layers.conv2d({ name: 'convolution', filters: 4, kernelSize: 3, activation: 'relu' });
  const features = apply(layers.globalAveragePooling2d({ name: 'pool' }), apply(convolution, chips));
  // Of the same name in both networks, and yet each one's own.
  const hidden = layers.dense({ name: 'hidden', units: 3, activation: 'relu' });
  const head = layers.dense({ name: task, units, activation: 'softmax' });
  const whole = model({ inputs: chips, outputs: apply(head, apply(hidden, features)) });
  randomizeWeights(whole);
  hidden.setWeights(hidden.getWeights().map((weight) => mul(weight, units)));
  if (others === 'different') {
    convolution.setWeights(convolution.getWeights().map((weight) => mul(weight, 2)));
  }
  return exportOnnx(whole, { inputs: ['chips'], outputs: [task], inputType: 'uint8' });
}

async function run(file: Uint8Array) {
  const session = await InferenceSession.create(file);
  const chips = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, index) => (index * 37) % 256);
  const results = await session.run({ chips: new Tensor('uint8', chips, [1, SIDE, SIDE, 3]) });
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data]));
}

it('joins networks that share their convolutions, and says what each says', async () => {
  const [age, gender] = [network('age', 5), network('gender', 2)];
  const joint = joinNetworks(age, gender);
  assert.deepEqual(await run(joint), { ...(await run(age)), ...(await run(gender)) });
  assert.ok(joint.length < age.length + gender.length - 4 * 3 * 3 * 3 * 4, 'The convolution is there once.');
});

it('refuses networks whose convolutions differ', () => {
  assert.throws(
    () => joinNetworks(network('age', 5), network('gender', 2, 'different')),
    /Expected networks that differ in their last layers only but Conv_\d+ differs/,
  );
});
