import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { recognition } from '../../networks/recognition.ts';
import type { TrainableNetwork } from '../../networks/trainable.ts';
import { transfer } from '../../networks/transfer.ts';
import { usualViews } from '../../vision/chip-spec.ts';
import { buildModels } from './build.ts';
import { firstDepthwise, observe } from './quantization.ts';
import { sampleChips } from './sample-chips.ts';
import { hashOf } from './trunks.ts';

/**
 * The frozen layers that trainings build on. The sample photos show few faces: FaceRecognitionNet's values reach further in
 * others, by the margin with which its features in bytes are closest to those in floats on two sets of portraits.
 */
const USUAL: readonly { network: TrainableNetwork; permissive: boolean; margin: number }[] = [
  { network: transfer, permissive: false, margin: 1 },
  { network: transfer, permissive: true, margin: 1 },
  { network: recognition, permissive: true, margin: 1.6 },
];

/** As ONNX files in floats. */
export async function* usualTrunks() {
  for (const { network, permissive, margin } of USUAL) {
    const { features } = await network.build({ output: 'attribute', units: 2, seed: 1, permissive });
    if (features) yield { network, margin, floats: encode(features) };
  }
}

const encode = (features: LayersModel): Uint8Array =>
  exportOnnx(features, { inputs: ['chips'], outputs: ['features'], inputType: 'uint8' });

/** Writes `trunk-ranges.json`, by the faces of the sample photos. */
async function writeRanges(): Promise<void> {
  const detector = path.join(await buildModels(), 'centerface.onnx');
  const trunks: string[] = [];
  for await (const { network, margin, floats } of usualTrunks()) {
    const images = await sampleChips(detector, network.side, usualViews(network.extent, 2));
    const keep = firstDepthwise(floats);
    const observed = await Promise.all(images.map((image) => observe(floats, { keep, images: [image] })));
    const lines = [...(observed[0]?.keys() ?? [])].map((name) => {
      const all = observed.flatMap((ranges) => ranges.get(name) ?? []);
      const least = Math.min(...all.map(({ minimum }) => minimum));
      const most = Math.max(...all.map(({ maximum }) => maximum));
      return `    "${name}": [${[least, most].map((value) => Number((margin * value).toPrecision(4))).join(', ')}]`;
    });
    trunks.push(`  "${hashOf(floats)}": {\n${lines.join(',\n')}\n  }`);
  }
  await writeFile(path.join(import.meta.dirname, 'trunk-ranges.json'), `{\n${trunks.join(',\n')}\n}\n`);
}

if (import.meta.main) {
  await import('@tensorflow/tfjs-backend-cpu');
  await writeRanges();
}
