import path from 'node:path';
import { prepareTensorFlow } from '../../training/native.ts';
import { loadTensorFlow } from '../../training/tensorflow.ts';
import { ageGenderNet } from '../networks/age-gender-net.ts';
import { loadFaceApiWeights } from '../networks/face-api-weights.ts';
import { faceRes, loadFaceResWeights } from '../networks/faceres.ts';
import { saveNetwork } from '../networks/saved.ts';

/** `node models/distillation/export.ts FOLDER`: writes what the teachers start from, AgeGenderNet and faceres. */
const folder = process.argv[2];
if (folder === undefined) throw new Error('Expected a folder: node models/distillation/export.ts FOLDER');
process.env.TENSORFLOW_DIRECTORY ??= await prepareTensorFlow();
await loadTensorFlow();
const [small, large] = [ageGenderNet(), faceRes()];
await loadFaceApiWeights(small, 'age_gender_model');
await loadFaceResWeights(large);
await saveNetwork(small, path.join(folder, 'age-gender-net'));
await saveNetwork(large, path.join(folder, 'faceres'));
