import { parseConfig } from '../infra/config.ts';
import { engine } from '../layers/onnx/index.ts';
import type { Analysts } from '../models/analysis.ts';
import { openBuiltins } from '../models/builtins.ts';
import { chipBytes } from '../vision/chip-spec.ts';

/** The networks that the model layer brings, as a stack that nothing is configured of uses them. */
const builtins = openBuiltins(engine, parseConfig({}).crops);

/** What detection cuts out for them. */
export const chips = await builtins.chips();

/** Of all chips of a face. */
export const FACE_BYTES = chips.reduce((bytes, chip) => bytes + chipBytes(chip), 0);

/** Detector and networks, loaded. */
export async function loadAnalysts(): Promise<Analysts> {
  const [detector, estimators] = await Promise.all([engine.loadDetector(), builtins.estimators()]);
  return { detector, ...estimators };
}
