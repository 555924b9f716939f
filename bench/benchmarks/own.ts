import '@tensorflow/tfjs-backend-cpu';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { chipsFor, estimateFaces } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { sampleChips } from '../../models/build/sample-chips.ts';
import type { OwnCard } from '../../models/card.ts';
import { type Estimator, openEstimators } from '../../models/estimator.ts';
import { transfer } from '../../networks/transfer.ts';
import { encodeTrunk, writeProducts } from '../../training/trainer/products.ts';
import { chipBytes, usualViews } from '../../vision/chip-spec.ts';
import { alternate } from '../cpu.ts';
import { effort } from '../effort.ts';
import { markdownTable } from '../table.ts';

/**
 * What attributes of one's own cost a face, trained as `transfer` is: on frozen layers that all of them share, and on a copy of
 * them each. Detection and cutting are left out.
 */

const FACES = 4;
const TURNS = effort(40);
const COUNTS = [1, effort(5, 2)];
const classes = ['yes', 'no'];

/** Networks with heads of chance, on layers that they share or not. */
async function openAll(folder: string): Promise<Readonly<Record<'shared' | 'alone', Estimator[]>>> {
  const models = await buildModels();
  const engine = createOnnxEngine(models);
  const [first, ...more] = await sampleChips(path.join(models, 'centerface.onnx'), transfer.side, views);
  const opened: Record<'shared' | 'alone', Estimator[]> = { shared: [], alone: [] };
  for (let index = 0; index < Math.max(...COUNTS); index++) {
    const name = `attribute${index}`;
    const network = await transfer.build({ output: name, units: classes.length, seed: index });
    const { whole, features, trained: head } = network;
    if (!features || !first) throw new Error('Expected frozen layers, and faces among the samples.');
    const images = [more[index] ?? first];
    const onTrunk = { trunk: await encodeTrunk(features, async () => images), head };
    for (const [way, trained] of [
      ['shared', { whole, onTrunk }],
      ['alone', { whole }],
    ] as const) {
      const place = path.join(folder, way, name);
      await writeProducts(place, trained, name, { steps: [], validations: [] }, images);
      opened[way].push(...(await openEstimators(engine, place, [cardOf(name)])));
    }
  }
  return opened;
}

const views = usualViews(transfer.extent, 2);

const cardOf = (name: string): OwnCard => ({
  ...{ task: name, definition: { name, kind: 'classes', classes }, output: 'classes' },
  ...{ name: 'transfer', version: 'bench', input: { side: transfer.side }, views },
  files: { 'model.onnx': { bytes: 0, sha256: '' } },
  trainedOn: { data: 'none', faces: { train: 0, validation: 0, test: 0 } },
  ...{ metrics: { faces: 0 }, createdAt: new Date().toISOString() },
});

if (import.meta.main) {
  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-own-'));
  const { shared, alone } = await openAll(folder);
  await rm(folder, { recursive: true });
  const bytes = FACES * chipBytes(transfer);
  // Fresh chips each time: estimators look only once at the same ones.
  const look = (estimators: readonly Estimator[]) => () =>
    estimateFaces(estimators, { specs: chipsFor(estimators), chips: new Uint8Array(bytes).fill(128) });
  const work = COUNTS.flatMap((count) => [
    [`${count} alone`, look(alone.slice(0, count))],
    [`${count} shared`, look(shared.slice(0, count))],
  ]);
  const times: Readonly<Record<string, number>> = await alternate(Object.fromEntries(work), { turns: TURNS });
  const of = (count: number, way: string) => (times[`${count} ${way}`] ?? Number.NaN) / FACES;
  const [few = 1, many = 1] = COUNTS;
  const further = (of(many, 'shared') - of(few, 'shared')) / (many - few);
  console.log(`### CPU time of attributes of one's own

Of one face, looked at with its mirror image, in milliseconds of CPU time; median of ${TURNS} turns. A further attribute
on the same frozen layers costs ${further.toFixed(2)} ms.

${markdownTable(
  ['attributes', 'each with its own layers', 'on the same layers'],
  COUNTS.map((count) => [`${count}`, of(count, 'alone').toFixed(2), of(count, 'shared').toFixed(2)]),
)}
`);
}
