import path from 'node:path';
import { ageGenderNet } from '../../networks/age-gender-net.ts';
import { loadFaceApiWeights, readFaceApiWeights } from '../../networks/face-api-weights.ts';
import { faceRes, loadFaceResWeights } from '../../networks/faceres.ts';
import { saveNetwork } from '../../networks/saved.ts';
import { writeModelWeights } from '../../networks/weights.ts';
import { prepareTensorFlow } from '../native.ts';
import { loadTensorFlow } from '../tensorflow.ts';

/** `npx node training/distillation/export.ts FOLDER`: writes what the teachers start from, three published networks. */
const folder = process.argv[2];
if (folder === undefined) throw new Error('Expected a folder: node training/distillation/export.ts FOLDER');
process.env.TENSORFLOW_DIRECTORY ??= await prepareTensorFlow();
await loadTensorFlow();
const [small, large] = [ageGenderNet(), faceRes()];
await loadFaceApiWeights(small, 'age_gender_model');
await loadFaceResWeights(large);
await saveNetwork(small, path.join(folder, 'age-gender-net'));
await saveNetwork(large, path.join(folder, 'faceres'));
const recognition = await readFaceApiWeights('face_recognition_model');
await writeModelWeights(path.join(folder, 'face-recognition-net'), recognition);
