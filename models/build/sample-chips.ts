import { readFile } from 'node:fs/promises';
import { CenterFace } from '../../layers/onnx/centerface.ts';
import { openSession } from '../../layers/onnx/session.ts';
import { chipBytes, chipsFor } from '../../vision/chip-spec.ts';
import { withMirrored } from '../../vision/chips.ts';
import { CHIP_SIDE } from '../../vision/engine.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import type { NetworkInput } from './ranges.ts';
import { samplePhotoFiles } from './sample-photos.ts';

const spec = { side: CHIP_SIDE };

/** Every face of the sample photos as the age and gender network sees it: all its chips, mirrored too. */
export async function sampleChips(detectorFile: string): Promise<NetworkInput[]> {
  const session = await openSession(detectorFile);
  const detector = new CenterFace(session, { name: 'CenterFace', version: '' });
  const options = { minimumConfidence: 0.35, maximumFaces: Number.POSITIVE_INFINITY, chips: chipsFor(4) };
  const inputs: NetworkInput[] = [];
  for (const file of await samplePhotoFiles()) {
    const photo = await decodePhoto(await readFile(file), Number.POSITIVE_INFINITY);
    const chips = withMirrored((await findFaces(photo, detector, options)).chips, spec);
    for (let start = 0; start < chips.length; start += chipBytes(spec)) {
      const data = chips.subarray(start, start + chipBytes(spec));
      inputs.push({ shape: [1, CHIP_SIDE, CHIP_SIDE, 3], data });
    }
  }
  await session.release();
  return inputs;
}
