import faceApiPackage from '@vladmandic/face-api/package.json' with { type: 'json' };
import { once } from '../../support/once.ts';
import type { AgeGenderEstimator, Engine, FaceDetector, ModelInfo } from '../../vision/engine.ts';
import { CHIP_SIDE } from '../../vision/engine.ts';
import { feedChips } from './chips.ts';
import { type FaceApi, loadFaceApi } from './face-api.ts';
import { detectFaces } from './ssd-mobilenetv1.ts';
import { TrainedNetwork } from './trained-network.ts';

const VERSION = `face-api-${faceApiPackage.version}`;

/**
 * An engine on TensorFlow.js, with face-api's own code.
 * @param directory holds face-api's weight files
 */
export function createTfjsEngine(directory: string): Engine {
  const load = (name: 'ssdMobilenetv1' | 'faceLandmark68Net' | 'ageGenderNet') =>
    once(async () => {
      const loaded = await loadFaceApi();
      await loaded.faceApi.nets[name].loadFromDisk(directory);
      return loaded;
    });
  const [ssd, landmarks, ageGender] = [
    load('ssdMobilenetv1'),
    load('faceLandmark68Net'),
    load('ageGenderNet'),
  ];
  return {
    name: 'tfjs',
    loadDetector: once(async () => detector((await Promise.all([ssd(), landmarks()]))[0])),
    loadAgeGenderEstimator: once(async () => ageGenderEstimator(await ageGender())),
    openNetwork: TrainedNetwork.open,
    networkFiles: TrainedNetwork.files,
  };
}

function model(name: string): ModelInfo {
  return { name, version: VERSION };
}

function detector(loaded: FaceApi): FaceDetector {
  return {
    model: model('SsdMobilenetv1'),
    detect: (image, minimumConfidence) => detectFaces(loaded, image, minimumConfidence),
  };
}

function ageGenderEstimator(loaded: FaceApi): AgeGenderEstimator {
  const { ageGenderNet } = loaded.faceApi.nets;
  return {
    model: model('AgeGenderNet'),
    estimate: (chips) =>
      feedChips(loaded, chips, CHIP_SIDE, async (tensors) => {
        const faces = [await ageGenderNet.predictAgeAndGender(tensors)].flat();
        return faces.map(({ age, gender, genderProbability }) => ({
          years: age,
          male: gender === 'male' ? genderProbability : 1 - genderProbability,
        }));
      }),
  };
}
