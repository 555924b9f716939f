import assert from 'node:assert/strict';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { buildCode } from '../../infra/code.ts';
import { hostPlatform } from '../../layers/platform.ts';

const build = () => buildCode({ engine: 'onnx', weights: 'best' }, hostPlatform());

describe('what the functions run', () => {
  it('is bundled once, and a bundle that others may be reading stays as it is', async () => {
    const [one, other] = await Promise.all([build(), build()]);
    assert.deepEqual(one, other);
    const bundle = path.join(one.functions.detect, 'index.js');
    const before = await stat(bundle);
    await build();
    const after = await stat(bundle);
    assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
  });

  it('holds the page and its font beside the function that serves them', async () => {
    const { functions } = await build();
    assert.deepEqual((await readdir(functions.api)).sort(), ['font.ttf', 'index.js', 'page']);
  });
});
