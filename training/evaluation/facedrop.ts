import path from 'node:path';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { type AnalysisOptions, analysePhoto } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import { type Estimator, openEstimators } from '../../models/estimator.ts';
import { readCard } from '../../models/model-folder.ts';
import type { Engine } from '../../vision/engine.ts';
import type { Analyst } from './analyst.ts';

/** What is taken for a face, and which photos are too large: as it is deployed. */
export type Limits = Pick<AnalysisOptions, 'minimumConfidence' | 'maximumPixels'>;

const openEngine = async (): Promise<Engine> => createOnnxEngine(await buildModels());

/** facedrop as it comes: its detector, and the network that is in service while nobody trained another. */
export async function openFacedrop(limits: Limits): Promise<Analyst> {
  const engine = await openEngine();
  return analyst('facedrop', engine, await openBuiltins(engine).estimators(), limits);
}

/**
 * facedrop with a trained network, asked for its own task only.
 * @param folder holds `model.onnx` and `card.json`
 * @throws Error saying what is not as expected in the folder
 */
export async function openModel(folder: string, limits: Limits): Promise<Analyst> {
  const card = await readCard(folder).catch((cause: unknown) => {
    throw new Error(
      `Expected a trained network (model.onnx and card.json) in ${folder} but there is no such card. Name a folder that "npm run trial" wrote.`,
      { cause },
    );
  });
  const engine = await openEngine();
  const estimators = await openEstimators(engine, folder, [card]);
  return analyst(`${card.task} of ${path.basename(folder)}`, engine, estimators, limits);
}

async function analyst(
  name: string,
  engine: Engine,
  estimators: readonly Estimator[],
  limits: Limits,
): Promise<Analyst> {
  const models = { detector: await engine.loadDetector(), estimators };
  return {
    name,
    async analyse(bytes) {
      const { faces } = await analysePhoto(models, bytes, { ...limits, maximumFaces: 1 });
      const [face] = faces;
      return face && { box: face.box, said: face.told };
    },
  };
}
