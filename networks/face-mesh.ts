import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  dispose,
  div,
  gather,
  type NamedTensorMap,
  type Tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { input, type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ChannelPadding } from './channel-padding.ts';
import { humanDirectory } from './faceres.ts';
import { add, apply } from './layers.ts';
import { readWeights, weightsManifestSchema } from './weights.ts';

/** Side of the chips that the network was trained on, in pixels. */
const SIDE = 192;
/** The published graph takes colours from 0 to 1. */
const WHITE = 255;

/** Landmarks by their numbers in MediaPipe's mesh: of both eyes, and of the lips' inner edges. */
const POINTS = {
  upperLids: [160, 159, 158, 387, 386, 385],
  eyeCorners: [33, 133, 263, 362],
  lowerLids: [144, 145, 153, 373, 374, 380],
  upperLip: [81, 82, 13, 312, 311],
  lowerLip: [178, 87, 14, 317, 402],
} as const;
type Part = keyof typeof POINTS;

/** A logistic regression on how many pixels of the chip some parts of the face lie below others. */
interface Regression {
  readonly distances: readonly { readonly from: Part; readonly to: Part; readonly weight: number }[];
  readonly bias: number;
}

/**
 * Fitted as `models/face-mesh/README.md` tells. Upper lids tell most of eyes: those of narrow ones, too, lie above the
 * corners, and those of closed ones do not. So they err less than how high an eye is for its width (Soukupová and Čech,
 * "Real-Time Eye Blink Detection using Facial Landmarks", 2016), which is small for narrow eyes as well.
 */
const REGRESSIONS: Readonly<Record<'eyes' | 'mouth', Regression>> = {
  eyes: {
    distances: [
      { from: 'upperLids', to: 'eyeCorners', weight: 4.22 },
      { from: 'eyeCorners', to: 'lowerLids', weight: -2 },
    ],
    bias: -4.96,
  },
  mouth: { distances: [{ from: 'upperLip', to: 'lowerLip', weight: -1.45 }], bias: 4.79 },
};

/** How many layers of each kind come before the published graph's two branches: all landmarks, and whether there is a face. */
const BEFORE = {
  mesh: { conv2d: 15, depthwise_conv2d: 14, p_re_lu: 15 },
  flag: { conv2d: 27, depthwise_conv2d: 22, p_re_lu: 25 },
};
/** The convolution that gives all 468 landmarks. */
const MESH = 'conv2d_21';

/** Where the mesh says how far down each of these landmarks lies. */
const NUMBERS = Object.values(POINTS)
  .flat()
  .map((point) => 3 * point + 1);

const fileSchema = z.object({ weightsManifest: weightsManifestSchema });

/**
 * MediaPipe's face mesh (Kartynnik et al., "Real-time Facial Surface Geometry from Monocular Video on Mobile GPUs", 2019),
 * as `@vladmandic/human` packages it, and what some of its landmarks say of eyes and mouth. Where it sees no face, as behind
 * a hand, either is as likely as not.
 *
 * Input: n × 192 × 192 × 3, RGB from 0 to 255, of a face upright in a square half as large again. Outputs: the
 * probabilities that the eyes are open and that the mouth is closed, n × 1 each.
 */
export async function faceMesh(): Promise<LayersModel> {
  const chips = input({ shape: [SIDE, SIDE, 3], name: 'chips' });
  const { heights, flag } = landmarks(chips);
  const outputs = Object.entries(REGRESSIONS).map(([name, regression]) => {
    const layer = layers.dense({ name: logitOf(name), units: 1 });
    const logit = apply(layer, heights);
    layer.setWeights([kernelOf(regression), tensor1d([regression.bias])]);
    return apply(layers.activation({ name, activation: 'sigmoid' }), apply(layers.multiply(), logit, flag));
  });
  const network = model({ name: 'face-mesh', inputs: chips, outputs });
  await loadWeights(network);
  return network;
}

export const logitOf = (name: string): string => `${name}_logit`;

/** How far down the landmarks lie, and the probability that there is a face. */
function landmarks(chips: SymbolicTensor) {
  const trunk = namedLayers();
  let x = trunk.prelu(trunk.conv(chips, { filters: 16, kernelSize: 3, strides: 2, padding: 'same' }));
  x = trunk.keepSize(trunk.keepSize(x));
  for (const filters of [32, 64, 128, 128]) x = trunk.keepSize(trunk.keepSize(trunk.halve(x, filters)));

  const mesh = namedLayers(BEFORE.mesh);
  let points = mesh.keepSize(mesh.keepSize(mesh.halve(x, 128)));
  points = mesh.keepSize(mesh.prelu(mesh.conv(points, { filters: 32, kernelSize: 1 })));
  const heights = mesh.conv(points, { filters: NUMBERS.length, kernelSize: 3 });

  const face = namedLayers(BEFORE.flag);
  const sight = face.keepSize(face.prelu(face.conv(face.halve(x, 128), { filters: 32, kernelSize: 1 })));
  const flag = face.conv(sight, { filters: 1, kernelSize: 3, activation: 'sigmoid' });
  return { heights: apply(layers.flatten(), heights), flag: apply(layers.flatten(), flag) };
}

/** Layers that are named as the published graph names them: by kind, and numbered from `before` on. */
function namedLayers(before = { conv2d: 0, depthwise_conv2d: 0, p_re_lu: 0 }) {
  const count = { ...before };
  const named = (kind: keyof typeof count) => ({ name: `${kind}_${++count[kind]}` });
  const conv = (x: SymbolicTensor, options: Parameters<typeof layers.conv2d>[0]) =>
    apply(layers.conv2d({ ...named('conv2d'), ...options }), x);
  const prelu = (x: SymbolicTensor) => apply(layers.prelu({ ...named('p_re_lu'), sharedAxes: [1, 2] }), x);
  /** A depthwise and a 1×1 convolution, added to what bypasses them. */
  const bypassed = (x: SymbolicTensor, bypass: SymbolicTensor, filters: number, strides = 1) => {
    const depthwise = { kernelSize: 3, strides, padding: 'same', useBias: false } as const;
    const deep = apply(layers.depthwiseConv2d({ ...named('depthwise_conv2d'), ...depthwise }), x);
    return prelu(add(bypass, conv(deep, { filters, kernelSize: 1 })));
  };
  return {
    conv,
    prelu,
    keepSize: (x: SymbolicTensor) => bypassed(x, x, channelsOf(x)),
    halve(x: SymbolicTensor, filters: number) {
      const pooled = apply(layers.maxPooling2d({ poolSize: 2, strides: 2 }), x);
      const channels = filters - channelsOf(x);
      const bypass = channels === 0 ? pooled : apply(new ChannelPadding({ channels }), pooled);
      return bypassed(x, bypass, filters, 2);
    },
  };
}

const channelsOf = ({ shape }: SymbolicTensor): number => shape.at(-1) ?? 0;

/** What a regression makes of how far down each landmark lies. */
function kernelOf({ distances }: Regression): Tensor {
  const weights = Object.entries(POINTS).flatMap(([part, points]) => {
    const weight = distances.reduce(
      (sum, each) => sum + each.weight * (Number(each.to === part) - Number(each.from === part)),
      0,
    );
    return points.map(() => weight / points.length);
  });
  return tensor2d(weights, [weights.length, 1]);
}

/** @throws Error when a weight is missing */
async function loadWeights(network: LayersModel): Promise<void> {
  const directory = humanDirectory();
  const own = Object.keys(REGRESSIONS).map(logitOf);
  const file = fileSchema.parse(JSON.parse(await readFile(path.join(directory, 'facemesh.json'), 'utf8')));
  const weights = await readWeights(directory, file.weightsManifest);
  try {
    tidy(() => {
      for (const layer of network.layers.filter(
        (each) => each.weights.length > 0 && !own.includes(each.name),
      )) {
        layer.setWeights(weightsOf(layer.name, weights));
      }
    });
  } finally {
    dispose(weights);
  }
}

/** The nodes of the published graph that make up a layer; batch normalisation is part of its convolutions. */
function weightsOf(layer: string, weights: NamedTensorMap): Tensor[] {
  const named = (...suffixes: readonly string[]): Tensor => {
    const [found] = suffixes.flatMap(
      (suffix) => weights[`StatefulPartitionedCall/model_1/${layer}/${suffix}`] ?? [],
    );
    if (found === undefined) {
      throw new Error(`Expected the face mesh to hold the weight ${layer}/${suffixes[0]} but found none.`);
    }
    return found;
  };
  if (layer.startsWith('p_re_lu')) return [named('Neg')];
  if (layer.startsWith('depthwise')) return [named('depthwise/ReadVariableOp')];
  const [kernel, bias] = [
    named('Conv2D_weights', 'Conv2D/ReadVariableOp'),
    named('Conv2D_bn_offset', 'BiasAdd/ReadVariableOp'),
  ];
  if (layer === 'conv2d_1') return [div(kernel, WHITE), bias];
  return layer === MESH ? [kernel, bias].map((all) => gather(all, NUMBERS, all.rank - 1)) : [kernel, bias];
}
