import { ageGroupOf } from '../../attributes/age/group.ts';
import type { FaceApiPackage } from '../../layers/tfjs/face-api.ts';
import { packagePath } from '../../support/packages.ts';
import type { Analyst, Finding } from './analyst.ts';
import { decodeTensor, type TensorFlow } from './photo-tensor.ts';

/** face-api's whole way from a photo's bytes to its faces with ages and genders. */
export type FaceApiPipeline = (bytes: Uint8Array) => Promise<Finding[]>;

/** @param tf native TensorFlow, which face-api runs on */
export async function openFaceApiPipeline(faceApi: FaceApiPackage, tf: TensorFlow): Promise<FaceApiPipeline> {
  const weights = packagePath('@vladmandic/face-api', 'model');
  const { ssdMobilenetv1, faceLandmark68Net, ageGenderNet } = faceApi.nets;
  for (const net of [ssdMobilenetv1, faceLandmark68Net, ageGenderNet]) await net.loadFromDisk(weights);
  return async (bytes) => {
    const image = await decodeTensor(tf, bytes);
    try {
      const faces = await faceApi.detectAllFaces(image).withFaceLandmarks().withAgeAndGender();
      return faces.map(({ detection: { box }, age, gender, genderProbability }) => ({
        box: { x: box.x, y: box.y, width: box.width, height: box.height },
        said: {
          age: { years: age, group: ageGroupOf(age) },
          gender: { gender: gender === 'male' ? 'M' : 'F', confidence: genderProbability },
        },
      }));
    } finally {
      image.dispose();
    }
  };
}

/** face-api as its documentation has it: all faces, their landmarks, ages and genders. */
export async function openFaceApi(faceApi: FaceApiPackage, tf: TensorFlow): Promise<Analyst> {
  return { name: 'face-api', analyse: await openFaceApiPipeline(faceApi, tf) };
}
