import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { NoSuchKey, type S3Client } from '@aws-sdk/client-s3';
import { BUILTIN } from '../../../models/card.ts';
import { openRegistry, type Registry } from '../../../models/registry.ts';
import { isClassical, type NetworkName } from '../../../networks/names.ts';
import type { Margins } from '../../../training/evaluation/decision.ts';
import { openBuiltin, openPredictor, type Predictor } from '../../../training/evaluation/prediction.ts';
import { assess, type Candidate } from '../../../training/report/assessment.ts';
import { fetchFile } from '../../../training/s3-file.ts';
import { outputOf, trainingSpecSchema } from '../../../training/spec.ts';
import { taskFor } from '../../../training/task.ts';
import { usualViews } from '../../../vision/chip-spec.ts';
import type { Engine } from '../../../vision/engine.ts';
import { FOLDER } from '../shared/folders.ts';
import { openSets } from '../shared/prepared-sets.ts';
import { isOfCorrections, type Result, type Training } from '../shared/training.ts';

export interface JudgementOptions {
  readonly s3: S3Client;
  /** The training bucket. */
  readonly bucket: string;
  /** When a model goes into service by itself. */
  readonly margins: Partial<Margins>;
  /** Whether one that learned from corrections does: anybody with a key can correct, and is then also judged by that. */
  readonly promoteCorrections: boolean;
  /** What the model layer brings. */
  readonly engine: Engine;
}

/** What training left, as far as it is needed here or published: only networks of layers come as layers, too. */
const productsOf = (network: NetworkName): readonly string[] => [
  ...['model.onnx', 'history.json'],
  ...(isClassical(network) ? [] : ['model.json', 'weights.bin']),
];

/**
 * Judges what was trained beside the model in service, on faces that neither learned from, publishes it with the
 * report, and puts it into service if it is better.
 * @param directory an empty one
 */
export async function judge(
  training: Training,
  directory: string,
  options: JudgementOptions,
): Promise<Result> {
  const { s3, bucket, margins } = options;
  const { id, task, request, input, prepared = [], reference } = training;
  if (!input)
    throw new Error(
      `Expected training ${id} to have been trained but its item lacks the input of its network.`,
    );
  const spec = trainingSpecSchema.parse(request);
  const registry = openRegistry({ client: s3, bucket });
  const live = await registry.live(task);
  // A try before this one put it into service and did not come to note so: comparing it with itself says nothing.
  const earlier = live.pointer?.history.find(
    ({ version, action }) => version === versionOf(id) && action === 'promote',
  );
  if (earlier) {
    const { version, why } = earlier;
    return { version, promoted: true, why, report: reportOf(task, version) };
  }
  const folder = path.join(directory, 'candidate');
  await mkdir(folder);
  const fetchProduct = (name: string) =>
    fetchFile(s3, bucket, `${FOLDER.trainings}${id}/${name}`, path.join(folder, name));
  for (const name of productsOf(spec.network)) await fetchProduct(name);
  // Only of networks with frozen layers.
  await fetchProduct('trunk.onnx').catch((error: unknown) => {
    if (!(error instanceof NoSuchKey)) throw error;
  });
  const inService = await openLive(registry, task, live.version, directory, options);
  const set = await openSets(s3, bucket, { prepared, reference, ...spec }, directory);
  try {
    const assigned = taskFor(spec, set);
    const candidate: Candidate = {
      task: assigned,
      name: spec.network,
      version: versionOf(id),
      output: outputOf({ ...spec, task: assigned }),
      input: { side: input.side },
      views: usualViews(input.extent, spec.crops),
      folder,
      training: id,
      spec,
    };
    const { decision, draft } = await assess(candidate, set, inService, {
      margins,
      pictures: !isOfCorrections(training),
    });
    const { version } = await registry.publish(draft, folder);
    const promoted = decision.promote && !isHeld(training, options.promoteCorrections);
    const byHand = `It learned from corrections, so put it into service yourself: npm run models -- promote ${task} ${version}`;
    const why = [...decision.reasons, ...(decision.promote && !promoted ? [byHand] : [])].join(' ');
    if (promoted) await registry.promote(task, version, { why, insteadOf: live.version });
    return { version, promoted, why, report: reportOf(task, version) };
  } finally {
    await set.close();
  }
}

async function openLive(
  registry: Registry,
  task: string,
  version: string,
  directory: string,
  { engine }: JudgementOptions,
): Promise<Predictor | undefined> {
  if (version === BUILTIN) return openBuiltin(engine, task);
  const folder = path.join(directory, 'in-service');
  const card = await registry.download(task, version, folder);
  return openPredictor(card, folder);
}

/** Whether a model waits for somebody to put it into service, however good it is. */
export const isHeld = (training: Pick<Training, 'data'>, promoteCorrections: boolean): boolean =>
  isOfCorrections(training) && !promoteCorrections;

const reportOf = (task: string, version: string) => `${FOLDER.models}${task}/${version}/report.html`;

/** Ids of trainings may begin with what a version can't. */
const versionOf = (id: string) => id.replace(/^[^A-Za-z0-9]+/, '');
