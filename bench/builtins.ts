import { parseConfig } from '../infra/config.ts';
import { engine } from '../layers/onnx/index.ts';
import { openBuiltins } from '../models/builtins.ts';
import { chipBytes, distinctChips } from '../vision/chip-spec.ts';

/** The networks that the model layer brings, as a stack that nothing is configured of uses them. */
export const builtins = openBuiltins(engine, parseConfig({}).crops);

/** What detection cuts out for them. */
export const chips = distinctChips([...(await builtins.chips('age')), ...(await builtins.chips('gender'))]);

/** Of all chips of a face. */
export const FACE_BYTES = chips.reduce((bytes, chip) => bytes + chipBytes(chip), 0);
