import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cutPhoto } from '../builtins.ts';
import { median } from '../cpu.ts';
import { effort } from '../effort.ts';
import { Functions, type Invocation } from '../functions.ts';
import { markdownTable, ms } from '../table.ts';

/**
 * From nothing to a function's first result: a new process loads the bundle and the layer as Lambda does and
 * handles one photo with one face. The files are in memory, and the double of AWS answers at once.
 */

const TURNS = effort(7);
const WARM_UPS = effort(1, 0);
const PHOTO = path.resolve(import.meta.dirname, '..', '..', 'samples', 'astronaut.jpg');

const functions = await Functions.start();
const photo = await readFile(PHOTO);
const inputs = { detect: photo, age: await cutPhoto(photo) };
const invocations = new Map<string, Invocation[]>(Object.keys(inputs).map((name) => [name, []]));
for (let turn = -WARM_UPS; turn < TURNS; turn++) {
  for (const [name, input] of Object.entries(inputs)) {
    const invocation = await functions.invoke(name, input);
    if (turn >= 0) invocations.get(name)?.push(invocation);
  }
}
await functions.stop();

const rows = [...invocations].map(([name, all]) => {
  const mark = (key: string) => ms(median(all.map(({ marks }) => marks[key] ?? 0)));
  return [
    name,
    mark('total'),
    mark('start'),
    mark('load'),
    mark('sharp'),
    mark('onnxruntime-node'),
    ms(median(all.map(({ marks }) => (marks.total ?? 0) - (marks.start ?? 0) - (marks.load ?? 0)))),
    ms(median(all.map(({ cpu }) => cpu))),
    ms(median(all.map(({ memory }) => memory))),
  ];
});
console.log(`### Cold start

A new process to its first result, median of ${TURNS}; files cached, services answer at once. Milliseconds, of which some
to load the code; \`age\` and \`gender\` are alike.

${markdownTable(
  [
    'function',
    'all',
    'start Node',
    'load the code',
    'sharp',
    'ONNX Runtime',
    'networks and first photo',
    'CPU time',
    'memory, MiB',
  ],
  rows,
)}
`);
