import type { Recipe } from '../recipe.ts';

export const tfjs: Recipe = async () => {
  throw new Error('Expected a TensorFlow.js engine but there is none yet; use -c engine=onnx.');
};
