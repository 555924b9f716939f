import { mul, add as plus, tidy } from '@tensorflow/tfjs-core';
import { type LayersModel, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { readFaceApiWeights } from './face-api-weights.ts';
import { add, apply, chipInput, relu } from './layers.ts';

/** Side of the chips, in pixels. */
export const RECOGNITION_SIDE = 150;
/** Filters of each stage, and how many blocks follow the one that halves the map. */
const STAGES = [
  [64, 3],
  [128, 2],
  [256, 2],
] as const;

/**
 * face-api's FaceRecognitionNet with its weights: dlib's residual network (King, "High Quality Face Recognition with Deep
 * Metric Learning", 2017; He et al., CVPR 2016), which puts photos of one person near each other.
 *
 * Input: n × 150 × 150 × 3, RGB from 0 to 255. Output: n × 128; of one person they lie less than 0.6 apart. The layer `pool`
 * gives the features of the face, n × 256.
 */
export async function faceRecognitionNet(): Promise<LayersModel> {
  const { chips, normalized } = chipInput(RECOGNITION_SIDE);
  let x = relu(conv('conv32_down', 32, 7, 2, normalized));
  x = apply(layers.maxPooling2d({ poolSize: 3, strides: 2 }), x);
  for (const block of [1, 2, 3]) x = residual(`conv32_${block}`, 32, x);
  for (const [filters, blocks] of STAGES) {
    const halved = residualDown(`conv${filters}_down`, filters, x);
    x = apply(layers.concatenate(), halved.pooled, nothing(halved.pooled));
    x = relu(add(halved.residue, x));
    for (let block = 1; block <= blocks; block++) x = residual(`conv${filters}_${block}`, filters, x);
  }
  const { pooled, residue } = residualDown('conv256_down_out', 256, x);
  const features = apply(layers.globalAveragePooling2d({ name: 'pool' }), relu(add(residue, pooled)));
  const outputs = apply(layers.dense({ name: 'fc', units: 128, useBias: false }), features);
  const network = model({ name: 'face-recognition-net', inputs: chips, outputs });
  await load(network);
  return network;
}

function conv(name: string, filters: number, kernelSize: number, strides: number, x: SymbolicTensor) {
  const padding = strides === 1 ? 'same' : 'valid';
  return apply(layers.conv2d({ name, filters, kernelSize, strides, padding }), x);
}

function residual(name: string, filters: number, x: SymbolicTensor): SymbolicTensor {
  const inner = relu(conv(`${name}/conv1`, filters, 3, 1, x));
  return relu(add(conv(`${name}/conv2`, filters, 3, 1, inner), x));
}

/** Both halves of a block that halves the map. */
function residualDown(name: string, filters: number, x: SymbolicTensor) {
  const inner = relu(conv(`${name}/conv1`, filters, 3, 2, x));
  const residue = conv(`${name}/conv2`, filters, 3, 1, inner);
  const pooled = apply(layers.averagePooling2d({ poolSize: 2, strides: 2 }), x);
  // Where the side is even, averaging leaves one more line.
  const missing = (pooled.shape[1] ?? 0) - (residue.shape[1] ?? 0);
  if (missing === 0) return { residue, pooled };
  const padding: [[number, number], [number, number]] = [
    [0, missing],
    [0, missing],
  ];
  return { residue: apply(layers.zeroPadding2d({ padding }), residue), pooled };
}

/** Zeros in the place of maps that there are none of. */
const nothing = (x: SymbolicTensor) => apply(layers.rescaling({ scale: 0, offset: 0 }), x);

/** What face-api scales the maps of a convolution by becomes part of the convolution. */
async function load(network: LayersModel): Promise<void> {
  const weights = await readFaceApiWeights('face_recognition_model');
  const weight = (name: string) => {
    const found = weights[name];
    if (!found) throw new Error(`Expected face-api's face_recognition_model to hold ${name} but found none.`);
    return found;
  };
  tidy(() => {
    for (const layer of network.layers.filter(({ weights }) => weights.length > 0)) {
      const { name } = layer;
      if (name === 'fc') {
        layer.setWeights([weight(name)]);
        continue;
      }
      const scale = weight(`${name}/scale/weights`);
      layer.setWeights([
        mul(weight(`${name}/conv/filters`), scale),
        plus(mul(weight(`${name}/conv/bias`), scale), weight(`${name}/scale/biases`)),
      ]);
    }
  });
  for (const each of Object.values(weights)) each.dispose();
}
