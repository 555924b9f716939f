import { buildLayer } from '../layers/build.ts';
import { loadLayer } from '../layers/load.ts';
import { packagePath } from '../layers/packages.ts';
import { hostPlatform } from '../layers/platform.ts';

/** face-api's whole way from a JPEG's bytes to faces with ages and genders; answers how many it found. */
export type FaceApiPipeline = (jpeg: Uint8Array) => Promise<number>;

/** What `tf.node.decodeJpeg` calls. */
interface JpegDecoder {
  decodeJpeg(
    contents: Uint8Array,
    channels: number,
    ratio: number,
    fancyUpscaling: boolean,
    tryRecoverTruncated: boolean,
    acceptableFraction: number,
    dctMethod: string,
  ): Parameters<typeof import('@vladmandic/face-api').detectAllFaces>[0] & { dispose(): void };
}

/**
 * Loads face-api on native TensorFlow, as its layer ships it, on one thread like ours.
 * @throws Error where there is no native TensorFlow
 */
export async function loadFaceApiPipeline(): Promise<FaceApiPipeline> {
  // Read when TensorFlow makes its thread pools. With two threads it takes a tenth more CPU time.
  Object.assign(process.env, { TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' });
  const layer = await buildLayer({ engine: 'tfjs', platform: hostPlatform() });
  const { faceApi, tf, backend } = await loadLayer('tfjs', layer).loadFaceApi();
  const decoder: unknown = tf.backend();
  if (backend !== 'native' || !isJpegDecoder(decoder)) {
    throw new Error('Expected face-api on native TensorFlow, which runs on Linux on x64 only.');
  }
  const weights = packagePath('@vladmandic/face-api', 'model');
  const { ssdMobilenetv1, faceLandmark68Net, ageGenderNet } = faceApi.nets;
  for (const net of [ssdMobilenetv1, faceLandmark68Net, ageGenderNet]) await net.loadFromDisk(weights);
  return async (jpeg) => {
    const image = decoder.decodeJpeg(jpeg, 3, 1, true, false, 1, '');
    try {
      return (await faceApi.detectAllFaces(image).withFaceLandmarks().withAgeAndGender()).length;
    } finally {
      image.dispose();
    }
  };
}

function isJpegDecoder(backend: unknown): backend is JpegDecoder {
  return typeof backend === 'object' && backend !== null && 'decodeJpeg' in backend;
}
