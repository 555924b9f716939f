import { pathToFileURL } from 'node:url';
import { ageGroupOf } from '../../attributes/age/group.ts';
import { packagePath } from '../../support/packages.ts';
import type { Analyst, Finding } from './analyst.ts';
import { decodeTensor, type TensorFlow } from './photo-tensor.ts';

/** Faces that it may find; by default it finds one. */
const MAXIMUM_FACES = 10;

/**
 * Human in the configuration of its own example of ages and genders (`demo/nodejs/node-age-gender.js`): its face
 * detector and `faceres`. What it would remember from one video frame to the next is turned off.
 * @param tf native TensorFlow, loaded before, which Human then finds
 */
export async function openHuman(tf: TensorFlow): Promise<Analyst> {
  const { Human } = await import('@vladmandic/human');
  const off = { enabled: false };
  const human = new Human({
    modelBasePath: `${pathToFileURL(packagePath('@vladmandic/human', 'models')).href}/`,
    backend: 'tensorflow',
    cacheSensitivity: 0,
    debug: false,
    face: {
      enabled: true,
      detector: { maxDetected: MAXIMUM_FACES },
      description: { enabled: true },
      ...{ mesh: off, iris: off, emotion: off, antispoof: off, liveness: off },
    },
    ...{ body: off, hand: off, object: off, gesture: off, segmentation: off },
  });
  await human.load();
  return {
    name: 'human',
    async analyse(bytes) {
      const image = await decodeTensor(tf, bytes);
      try {
        const { face: faces, error } = await human.detect(image);
        if (error) throw new Error(error);
        return faces.map(findingOf);
      } finally {
        image.dispose();
      }
    },
  };
}

/** What it says of a face; a gender that it isn't sure of is "unknown". */
function findingOf({
  box: [x, y, width, height],
  age,
  gender,
  genderScore = 0,
}: Pick<import('@vladmandic/human').FaceResult, 'box' | 'age' | 'gender' | 'genderScore'>): Finding {
  return {
    box: { x, y, width, height },
    said: {
      ...(age !== undefined && { age: { years: age, group: ageGroupOf(age) } }),
      ...((gender === 'male' || gender === 'female') && {
        gender: { gender: gender === 'male' ? 'M' : 'F', confidence: 0.5 + Math.abs(genderScore) / 2 },
      }),
    },
  };
}
