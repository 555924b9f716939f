import { readFile } from 'node:fs/promises';
import { CenterFace } from '../../layers/onnx/centerface.ts';
import { openSession } from '../../layers/onnx/session.ts';
import { chipBytes, chipsOf, type View } from '../../vision/chip-spec.ts';
import { viewChips } from '../../vision/chips.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import type { NetworkInput } from './ranges.ts';
import { samplePhotoFiles } from './sample-photos.ts';

/** Every face of the sample photos as a network sees it. */
export async function sampleChips(
  detectorFile: string,
  side: number,
  views: readonly View[],
): Promise<NetworkInput[]> {
  const session = await openSession(detectorFile);
  const detector = new CenterFace(session, { name: 'CenterFace', version: '' });
  const options = {
    minimumConfidence: 0.35,
    maximumFaces: Number.POSITIVE_INFINITY,
    chips: chipsOf(side, views),
  };
  const inputs: NetworkInput[] = [];
  for (const file of await samplePhotoFiles()) {
    const photo = await decodePhoto(await readFile(file), Number.POSITIVE_INFINITY);
    const chips = viewChips((await findFaces(photo, detector, options)).chips, side, views);
    for (let start = 0; start < chips.length; start += chipBytes({ side })) {
      const data = chips.subarray(start, start + chipBytes({ side }));
      inputs.push({ shape: [1, side, side, 3], data });
    }
  }
  await session.release();
  return inputs;
}
