import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { buildModels } from '../../models/build/build.ts';
import { quantize } from '../../models/build/quantization.ts';
import { sampleChips } from '../../models/build/sample-chips.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { faceRes, loadFaceResWeights } from '../../networks/faceres.ts';

/** `node training/distillation/faceres.ts FILE`: writes faceres as it is published, at 160 px and in bytes, as an ONNX file. */
const SIDE = 160;
const file = process.argv[2];
if (file === undefined) throw new Error('Expected a file: node training/distillation/faceres.ts FILE');
const network = faceRes(SIDE);
await loadFaceResWeights(network);
const floats = exportOnnx(network, { inputs: ['chips'], outputs: ['age', 'gender'], inputType: 'uint8' });
// As in answers.py.
const images = await sampleChips(path.join(await buildModels(), 'centerface.onnx'), SIDE, [{ extent: 1.5 }]);
await writeFile(file, await quantize(floats, { images }));
