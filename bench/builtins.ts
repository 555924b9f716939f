import { USUAL_NAMES } from '../attributes/list.ts';
import { parseConfig } from '../infra/config.ts';
import { engine } from '../layers/onnx/index.ts';
import { chipsFor, type Models } from '../models/analysis.ts';
import { openBuiltins } from '../models/builtins.ts';
import type { PhotoChips } from '../models/photo-chips.ts';
import { findFaces } from '../vision/faces.ts';
import { decodePhoto } from '../vision/photo.ts';

/** The network that the model layer brings, as a stack that nothing is configured of uses it. */
const builtins = openBuiltins(engine);

/** What detection cuts out for it. */
export const chips = chipsFor(await builtins.estimators(USUAL_NAMES));

/** Detector and networks, loaded. */
export async function loadModels(): Promise<Models> {
  const [detector, estimators] = await Promise.all([engine.loadDetector(), builtins.estimators(USUAL_NAMES)]);
  return { detector, estimators };
}

/** The chips of a photo's faces, as detect cuts them out. */
export async function cutPhoto(jpeg: Uint8Array): Promise<PhotoChips> {
  const { minimumConfidence, maximumFaces, maximumPixels } = parseConfig({});
  const photo = await decodePhoto(jpeg, maximumPixels);
  const options = { minimumConfidence, maximumFaces, chips };
  const { chips: cut } = await findFaces(photo, await engine.loadDetector(), options);
  return { specs: chips, chips: cut };
}
