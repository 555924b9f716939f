import path from 'node:path';
import * as z from 'zod';
import type { Part } from '../../attributes/attribute.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { type AnalysisOptions, analysePhoto } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { openBuiltins } from '../../models/builtins.ts';
import { type Estimator, openEstimators } from '../../models/estimator.ts';
import type { Engine } from '../../vision/engine.ts';
import type { Analyst } from './analyst.ts';
import { cardsIn } from './model-cards.ts';

/** What is taken for a face, and which photos are too large: as it is deployed. */
export type Limits = Pick<AnalysisOptions, 'minimumConfidence' | 'maximumPixels'>;

/** Limits, and which attributes facedrop as it comes is asked for. */
export interface AnalystOptions extends Limits {
  readonly attributes: readonly string[];
}

const openEngine = async (): Promise<Engine> => createOnnxEngine(await buildModels());

/** facedrop as it comes: its detector, and the network that is in service while nobody trained another. */
export async function openFacedrop({ attributes, ...limits }: AnalystOptions): Promise<Analyst> {
  const engine = await openEngine();
  return analyst('facedrop', engine, await openBuiltins(engine).estimators(attributes), limits);
}

/**
 * facedrop with another network, asked for its own attributes only.
 * @param folder holds `model.onnx` and `card.json`, or a card for each of several attributes, as built-in networks have
 * @throws Error saying what is not as expected in the folder
 */
export async function openModel(folder: string, limits: Limits): Promise<Analyst> {
  const cards = await cardsIn(folder);
  const engine = await openEngine();
  const estimators = await openEstimators(engine, folder, cards);
  const tasks = cards.map(({ task }) => task).join(' and ');
  return analyst(`${tasks} of ${path.basename(folder)}`, engine, estimators, limits);
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
    async analyse(bytes, maximumFaces) {
      const { faces } = await analysePhoto(models, bytes, { ...limits, maximumFaces });
      // An attribute of one's own lies beside those of the list.
      return faces.map(({ box, told }) => ({ box, said: { ...told, ...ownOf(told) } }));
    },
  };
}

const ownOf = ({ attributes }: Part): Part => ownFieldsSchema.parse(attributes ?? {});
const ownFieldsSchema = z.record(z.string(), z.unknown());
