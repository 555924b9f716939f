import path from 'node:path';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import type { Estimators } from '../../models/estimator.ts';
import { readCard } from '../../models/model-folder.ts';
import { openTrained } from '../../models/trained.ts';
import { distinctChips } from '../../vision/chip-spec.ts';
import { selectChips } from '../../vision/chips.ts';
import type { Engine } from '../../vision/engine.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import type { Analyst } from './analyst.ts';
import type { FacedropSettings } from './facedrop-settings.ts';

const openEngine = async (): Promise<Engine> => createOnnxEngine(await buildModels());

/** facedrop as it comes: its detector, and the networks that tell ages and genders while nobody trained others. */
export async function openFacedrop(settings: FacedropSettings): Promise<Analyst> {
  const engine = await openEngine();
  return analyst('facedrop', engine, await openBuiltins(engine, settings.crops).estimators(), settings);
}

/**
 * facedrop with a trained network, asked for its own task only.
 * @param folder holds `model.onnx` and `card.json`
 * @throws Error saying what is not as expected in the folder
 */
export async function openModel(folder: string, settings: FacedropSettings): Promise<Analyst> {
  const card = await readCard(folder).catch((cause: unknown) => {
    throw new Error(
      `Expected a trained network (model.onnx and card.json) in ${folder} but there is no such card. Name a folder that "npm run trial" wrote.`,
      { cause },
    );
  });
  const engine = await openEngine();
  const name = `${card.task} of ${path.basename(folder)}`;
  return analyst(name, engine, await openTrained(engine, folder, card), settings);
}

async function analyst(
  name: string,
  engine: Engine,
  { age, gender }: Partial<Estimators>,
  { minimumConfidence, maximumPixels }: FacedropSettings,
): Promise<Analyst> {
  const detector = await engine.loadDetector();
  const cut = distinctChips([...(age?.chips ?? []), ...(gender?.chips ?? [])]);
  return {
    name,
    async analyse(bytes) {
      const photo = await decodePhoto(bytes, maximumPixels);
      const { faces, chips } = await findFaces(photo, detector, {
        minimumConfidence,
        maximumFaces: 1,
        chips: cut,
      });
      const [face] = faces;
      if (!face) return undefined;
      const [[ageOf] = [], [genderOf] = []] = await Promise.all([
        age?.estimate(selectChips(chips, cut, age.chips)),
        gender?.estimate(selectChips(chips, cut, gender.chips)),
      ]);
      return {
        box: face.box,
        said: { ...(ageOf && { age: ageOf.age }), ...(genderOf && { gender: genderOf.gender }) },
      };
    },
  };
}
