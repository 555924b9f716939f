import { USUAL_NAMES } from '../attributes/list.ts';
import { engine } from '../layers/onnx/index.ts';
import { chipsFor, type Models } from '../models/analysis.ts';
import { openBuiltins } from '../models/builtins.ts';
import { chipBytes } from '../vision/chip-spec.ts';

/** The network that the model layer brings, as a stack that nothing is configured of uses it. */
const builtins = openBuiltins(engine);

/** What detection cuts out for it. */
export const chips = chipsFor(await builtins.estimators(USUAL_NAMES));

/** Bytes of all chips of a face. */
export const FACE_BYTES = chips.reduce((bytes, chip) => bytes + chipBytes(chip), 0);

/** Detector and networks, loaded. */
export async function loadModels(): Promise<Models> {
  const [detector, estimators] = await Promise.all([engine.loadDetector(), builtins.estimators(USUAL_NAMES)]);
  return { detector, estimators };
}
