import { prepareTensorFlow } from '../../training/native.ts';
import { loadTensorFlow } from '../../training/tensorflow.ts';
import { saveNetwork } from '../networks/saved.ts';
import { transfer } from '../networks/transfer.ts';

/** `node models/distillation/export.ts FOLDER`: writes what the teachers start from, AgeGenderNet and faceres. */
const folder = process.argv[2];
if (folder === undefined) throw new Error('Expected a folder: node models/distillation/export.ts FOLDER');
process.env.TENSORFLOW_DIRECTORY ??= await prepareTensorFlow();
await loadTensorFlow();
const { features } = await transfer.build({ task: 'age', seed: 1 });
if (features === undefined) throw new Error('Expected transfer to have frozen features but it has none.');
await saveNetwork(features, folder);
