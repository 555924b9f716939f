import { writeFile } from 'node:fs/promises';
import '@tensorflow/tfjs-backend-cpu';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { faceRes, loadFaceResWeights } from '../../networks/faceres.ts';

/** `node training/distillation/faceres.ts FILE`: writes faceres as it is published, at 160 px, as an ONNX file. */
const file = process.argv[2];
if (file === undefined) throw new Error('Expected a file: node training/distillation/faceres.ts FILE');
const network = faceRes(160);
await loadFaceResWeights(network);
await writeFile(
  file,
  exportOnnx(network, { inputs: ['chips'], outputs: ['age', 'gender'], inputType: 'uint8' }),
);
