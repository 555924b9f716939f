import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openSession, run } from '../../layers/onnx/session.ts';
import { chipOf } from '../../networks/catalogue.ts';
import { writeSampleSet } from '../../test/training/sample-set.ts';
import { openPreparedSet } from '../../training/dataset/prepared-set.ts';
import { type TrainingRequest, trainingSpecSchema } from '../../training/spec.ts';
import { train } from '../../training/trainer/train.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import { alternate, cpuTime } from '../cpu.ts';
import { effort } from '../effort.ts';
import { markdownTable } from '../table.ts';

/** What the networks that are trained without TensorFlow cost: to learn, on people of the sample photos, and to serve. */

const TURNS = effort(60);
/** Of each of nine people, five of whom are learned from. */
const FACES = effort(400, 12);
/** Chips that go through a network together. */
const CHIPS = 4;

const REQUESTS: Readonly<Record<string, TrainingRequest>> = {
  'lbp-hog-svr': { task: 'inclination', network: 'lbp-hog-svr' },
  'lbp-sparse': { task: 'side', network: 'lbp-sparse' },
  'lbp-hog-svr, two stages': { task: 'inclination', network: 'lbp-hog-svr', stages: 2 },
};

const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-bench-'));
try {
  await writeSampleSet(path.join(folder, 'set'), { each: FACES });
  const set = await openPreparedSet(path.join(folder, 'set'));
  const work: Record<string, () => Promise<unknown>> = {};
  const learned = new Map<string, { readonly seconds: number; readonly bytes: number }>();
  for (const [name, request] of Object.entries(REQUESTS)) {
    const spec = trainingSpecSchema.parse(request);
    const directory = path.join(folder, name);
    const start = cpuTime();
    await train(spec, set, directory, { cache: { directory } });
    const seconds = (cpuTime() - start) / 1000;
    const file = path.join(directory, 'model.onnx');
    learned.set(name, { seconds, bytes: (await stat(file)).size });
    const session = await openSession(file);
    const { side } = chipOf(spec.network);
    const chips = Uint8Array.from(
      { length: CHIPS * chipBytes({ side }) },
      (_, index) => (index * 7919) % 251,
    );
    work[name] = () => run(session, chips, [CHIPS, side, side, 3], [spec.task]);
  }
  const { length } = set.faces.filter(({ split }) => split === 'train');
  await set.close();
  const times: Readonly<Record<string, number>> = await alternate(work, { turns: TURNS });
  const rows = [...learned].map(([name, { seconds, bytes }]) => [
    name,
    seconds.toFixed(0),
    (bytes / 1e6).toFixed(2),
    ((times[name] ?? Number.NaN) / CHIPS).toFixed(2),
  ]);
  console.log(`### Classical networks

Training on ${length} faces, in seconds of CPU time, and what one view of a face costs; median of ${TURNS} turns.

${markdownTable(['network', 'training, s', 'file, MB', 'a view, ms'], rows)}
`);
} finally {
  await rm(folder, { recursive: true });
}
