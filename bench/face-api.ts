import { loadLayer } from '../layers/load.ts';
import { hostPlatform } from '../layers/platform.ts';
import { buildModelLayer } from '../models/layer.ts';
import { openFaceApiPipeline } from '../training/evaluation/face-api.ts';

/** face-api's whole way from a JPEG's bytes to faces with ages and genders; answers how many it found. */
export type FaceApiPipeline = (jpeg: Uint8Array) => Promise<number>;

/**
 * Loads face-api on native TensorFlow, as its layer ships it, on one thread like ours.
 * @throws Error where there is no native TensorFlow
 */
export async function loadFaceApiPipeline(): Promise<FaceApiPipeline> {
  // Read when TensorFlow makes its thread pools. With two threads it takes a tenth more CPU time.
  Object.assign(process.env, { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' });
  const layer = await buildModelLayer({ engine: 'tfjs', platform: hostPlatform() });
  const { faceApi, tf, backend } = await loadLayer('tfjs', layer).loadFaceApi();
  if (backend !== 'native') {
    throw new Error('Expected face-api on native TensorFlow, which runs on Linux on x64 only.');
  }
  const findFaces = await openFaceApiPipeline(faceApi, tf);
  return async (jpeg) => (await findFaces(jpeg)).length;
}
