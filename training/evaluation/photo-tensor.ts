import type * as core from '@tensorflow/tfjs-core';
import type { Tensor3D } from '@tensorflow/tfjs-core';
import sharp from 'sharp';

/** Either copy of it: TensorFlow.js itself or the native package's. */
export type TensorFlow = Pick<typeof core, 'backend' | 'tensor3d'>;

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
  ): Tensor3D;
}

/**
 * Decodes a photo as users of TensorFlow.js do: a JPEG by TensorFlow itself, anything else by sharp.
 * @returns height × width × 3, from 0 to 255; to be disposed of
 * @throws Error without native TensorFlow
 */
export async function decodeTensor(tf: TensorFlow, bytes: Uint8Array): Promise<Tensor3D> {
  const decoder: unknown = tf.backend();
  if (!isJpegDecoder(decoder)) {
    throw new Error('Expected native TensorFlow but it runs on another backend.');
  }
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return decoder.decodeJpeg(bytes, 3, 1, true, false, 1, '');
  const { data, info } = await sharp(bytes)
    .autoOrient()
    .flatten({ background: '#fff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return tf.tensor3d(Uint8Array.from(data), [info.height, info.width, info.channels], 'int32');
}

function isJpegDecoder(backend: unknown): backend is JpegDecoder {
  return typeof backend === 'object' && backend !== null && 'decodeJpeg' in backend;
}
