import { parseConfig } from '../infra/config.ts';
import { createOnnxEngine } from '../layers/onnx/engine.ts';
import { buildModels } from '../models/build/build.ts';
import { openRecognizer, type Recognizer, type Vector } from '../models/recognizer.ts';
import { findFaces } from '../vision/faces.ts';
import { decodePhoto } from '../vision/photo.ts';
import { count } from './command.ts';

/** What is deployed when nothing is configured. */
const { minimumConfidence, maximumPixels } = parseConfig({});

export interface FaceVectors {
  readonly recognizer: Recognizer;
  /**
   * @param alone whether the face must be the photo's only one; else the largest counts
   * @throws Error when there is no face, or more than one, and as `decodePhoto` does
   */
  vectorOf(photo: Uint8Array, alone: boolean): Promise<Vector>;
}

/** Looks at photos on this machine, as the functions do. */
export async function openFaceVectors(): Promise<FaceVectors> {
  const engine = createOnnxEngine(await buildModels());
  const [detector, recognizer] = await Promise.all([engine.loadDetector(), openRecognizer(engine)]);
  return {
    recognizer,
    async vectorOf(bytes, alone) {
      const photo = await decodePhoto(bytes, maximumPixels);
      const options = { minimumConfidence, maximumFaces: 1, quality: false, chips: recognizer.chips };
      const { found, chips } = await findFaces(photo, detector, options);
      const [vector] = await recognizer.vectors({ specs: recognizer.chips, chips });
      if (!vector) throw new Error('Expected a face but found none.');
      if (alone && found > 1)
        throw new Error(`Expected one face but found ${count(found, 'face')}. Crop the others out.`);
      return vector;
    },
  };
}
