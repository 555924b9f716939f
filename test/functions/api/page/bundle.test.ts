import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import type { Metafile } from 'esbuild';
import { bundlePage } from '../../../../functions/api/page/build.ts';

/** What a browser may be sent: the page itself, words, and what is small and needs no server. */
const SENT =
  /^(functions\/api\/page\/(browser\/)?[\w-]+\.ts|attributes\/(\w+\/)?(words|class-words|bars|facts|list|drawing)\.ts|support\/markup\.ts|vision\/(annotation-plan|blurring|bounding-box)\.ts|node_modules\/hono\/dist\/(helper\/html\/index|utils\/html)\.js)$/;

type Output = Metafile['outputs'][string];

let outputs: Metafile['outputs'];

before(async () => {
  ({ outputs } = (await bundlePage()).metafile);
});

const isScript = (file: string) => file.endsWith('.js');
const total = (scripts: readonly Output[]) => scripts.reduce((sum, { bytes }) => sum + bytes, 0);
const inputsOf = ({ inputs }: Output) =>
  Object.entries(inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([file]) => file);

/** A script with everything that it imports before it runs. */
function loadedWith(file: string): Output[] {
  const files = new Set([file]);
  for (const each of files) {
    for (const { path: imported, kind } of outputs[each]?.imports ?? []) {
      if (kind === 'import-statement') files.add(imported);
    }
  }
  return [...files].flatMap((each) => outputs[each] ?? []);
}

/** The script that is made of a source file and what only that needs. */
function scriptOf(source: string): string {
  const found = Object.entries(outputs).find(
    ([file, { entryPoint }]) => isScript(file) && entryPoint?.endsWith(source),
  );
  assert.ok(found, source);
  return found[0];
}

test("the page's scripts have the attributes' words, but no schemas and nothing of servers", () => {
  const scripts = Object.entries(outputs).flatMap(([file, output]) => (isScript(file) ? output : []));
  assert.deepEqual(
    scripts.flatMap(inputsOf).filter((file) => !SENT.test(file)),
    [],
  );
  const started = loadedWith(scriptOf('main.ts')).flatMap(inputsOf);
  assert.ok(started.includes('attributes/age/words.ts'));
});

test('what every visit needs is small, and what only some need is not among it', () => {
  const started = loadedWith(scriptOf('main.ts'));
  const bytes = total(started);
  assert.ok(bytes < 38_000, `Expected less than 38 kB but received ${bytes} bytes`);
  const names = started.flatMap(inputsOf).map((file) => path.basename(file));
  for (const later of ['chinese.ts', 'drawing.ts', 'sheet.ts', 'camera-dialog.ts', 'correction-dialog.ts']) {
    assert.ok(!names.includes(later), `Expected ${later} to be loaded later`);
  }
  for (const [source, limit] of [
    ['chinese.ts', 6_000],
    ['tools.ts', 12_000],
  ] as const) {
    const own = loadedWith(scriptOf(source)).filter((script) => !started.includes(script));
    assert.ok(total(own) < limit, `Expected ${source} to take less than ${limit} but received ${total(own)}`);
  }
});
