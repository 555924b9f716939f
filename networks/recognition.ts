import { type LayersModel, model } from '@tensorflow/tfjs-layers';
import { faceRecognitionNet, RECOGNITION_SIDE } from './face-recognition-net.ts';
import { head, onFeatures } from './head.ts';
import { disposeLeftOver } from './layers.ts';
import type { TrainableNetwork } from './trainable.ts';

/**
 * What FaceRecognitionNet sees in a face, kept as it is, and a small network on top that learns. It tells people apart by the
 * shape of their faces, which matters for other attributes than age and gender do.
 */
export const recognition: TrainableNetwork = {
  side: RECOGNITION_SIDE,
  extent: 1.3,
  build: async (options) => {
    const features = await frozenFeatures();
    const trained = head(features, options);
    return { features, trained, whole: onFeatures('recognition', features, trained) };
  },
};

/** From chips to n × 256. */
async function frozenFeatures(): Promise<LayersModel> {
  const network = await faceRecognitionNet();
  const { output } = network.getLayer('pool');
  const features = model({ name: 'features', inputs: network.inputs, outputs: output });
  disposeLeftOver(network, features);
  features.trainable = false;
  return features;
}
