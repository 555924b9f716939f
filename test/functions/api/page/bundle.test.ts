import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bundlePage } from '../../../../functions/api/page/build.ts';

/** What a browser may be sent: the page itself, words, and what is small and needs no server. */
const SENT =
  /^(functions\/api\/page\/(browser\/)?[\w-]+\.ts|attributes\/(\w+\/)?(words|class-words|facts|list)\.ts|support\/markup\.ts|vision\/bounding-box\.ts|node_modules\/hono\/dist\/(helper\/html\/index|utils\/html)\.js)$/;

test("the page's script has the attributes' words, but no schemas and nothing of servers", async () => {
  const { metafile } = await bundlePage();
  const script = Object.entries(metafile.outputs).find(([file]) => file.endsWith('.js'))?.[1];
  assert.ok(script);
  const sent = Object.entries(script.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  assert.deepEqual(
    sent.map(([file]) => file).filter((file) => !SENT.test(file)),
    [],
  );
  assert.ok(sent.some(([file]) => file === 'attributes/age/words.ts'));
  assert.ok(script.bytes < 37_000, `Expected less than 37 kB but received ${script.bytes} bytes`);
});
