import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { OnnxNetwork } from '../../layers/onnx/network.ts';
import { chipsFor, estimateFaces } from '../../models/analysis.ts';
import { buildModels } from '../../models/build/build.ts';
import { exportAgeGenderNet } from '../../models/build/published.ts';
import { openEstimators } from '../../models/estimator.ts';
import { readCards } from '../../models/model-folder.ts';
import { openRecognizer } from '../../models/recognizer.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import { alternate } from '../cpu.ts';
import { effort } from '../effort.ts';
import { markdownTable } from '../table.ts';

/**
 * What the networks that tell attributes cost a face, all attributes in one function or each in its own, against one pass
 * of AgeGenderNet in floats, as face-api has it. Detection and cutting are left out.
 */

const FACES = 4;
const TURNS = effort(60);
/** Side of AgeGenderNet's chips, in pixels. */
const SIDE = 112;
const LIKENESS = 'face-recognition-net';

/** AgeGenderNet in floats, which looks at each face once. */
async function openFloats(): Promise<() => Promise<unknown>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-floats-'));
  try {
    await writeFile(path.join(folder, 'model.onnx'), await exportAgeGenderNet());
    const network = await OnnxNetwork.open(folder, SIDE, ['age', 'gender']);
    const chips = grey(FACES * chipBytes({ side: SIDE }));
    return () => network.run(chips);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A built-in network in one function for all attributes, and in one for each. */
async function openNetwork(models: string, name: string) {
  const folder = path.join(models, name);
  const cards = Object.values(await readCards(folder));
  const estimators = await openEstimators(createOnnxEngine(models), folder, cards);
  const specs = chipsFor(estimators);
  const bytes = FACES * specs.reduce((sum, spec) => sum + chipBytes(spec), 0);
  // Fresh chips each time: estimators look only once at the same ones.
  return {
    together: () => estimateFaces(estimators, { specs, chips: grey(bytes) }),
    apart: async () => {
      for (const estimator of estimators) await estimateFaces([estimator], { specs, chips: grey(bytes) });
    },
  };
}

/** What likeness takes besides, where there is a gallery. */
async function openVectors(models: string) {
  const recognizer = await openRecognizer(createOnnxEngine(models));
  const bytes = FACES * recognizer.chips.reduce((sum, spec) => sum + chipBytes(spec), 0);
  return () => recognizer.vectors({ specs: recognizer.chips, chips: grey(bytes) });
}

const grey = (bytes: number) => new Uint8Array(bytes).fill(128);

if (import.meta.main) {
  const models = await buildModels();
  const names = [
    'default',
    'small',
    'permissive',
    'age-gender-net',
    'face-expression-net',
    'face-mesh',
    'looks',
  ];
  const work: Record<string, () => Promise<unknown>> = { floats: await openFloats() };
  for (const name of names) {
    const { together, apart } = await openNetwork(models, name);
    Object.assign(work, { [`${name} together`]: together, [`${name} apart`]: apart });
  }
  const vectors = await openVectors(models);
  names.push(LIKENESS);
  Object.assign(work, { [`${LIKENESS} together`]: vectors, [`${LIKENESS} apart`]: vectors });
  const times: Readonly<Record<string, number>> = await alternate(work, { turns: TURNS });
  const of = (key: string) => (times[key] ?? Number.NaN) / FACES;
  const floats = of('floats');
  const cells = (time: number) => [time.toFixed(2), `${(time / floats).toFixed(2)} ×`];
  const row = (name: string) => [name, ...cells(of(`${name} together`)), ...cells(of(`${name} apart`))];
  console.log(`### CPU time of the networks

Of one face, in milliseconds of CPU time, all attributes in one function and each in its own, and against one pass of
AgeGenderNet in floats, which takes ${floats.toFixed(2)} ms; median of ${TURNS} turns.

${markdownTable(
  ['network', 'one function', 'of AgeGenderNet', 'each its own', 'of AgeGenderNet'],
  names.map(row),
)}
`);
}
