import { prepareTensorFlow } from '../../training/native.ts';
import { loadTensorFlow } from '../../training/tensorflow.ts';

process.env.TENSORFLOW_DIRECTORY ??= await prepareTensorFlow();
/** Native TensorFlow, as training has it. */
export const tf = await loadTensorFlow();
