import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { execa } from 'execa';
import { hostPlatform } from '../../layers/platform.ts';
import { buildModelLayer } from '../../models/layer.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const layer = await buildModelLayer({ engine: 'onnx', platform: hostPlatform() });

/** What a process leaves in its home and its temporary folder, which are empty before. */
async function leftBy(code: string): Promise<string[]> {
  const home = await mkdtemp(path.join(tmpdir(), 'facedrop-home-'));
  after(() => rm(home, { recursive: true }));
  await execa(process.execPath, ['--input-type=module', '-e', code], {
    cwd: ROOT,
    // Without the variables by which ONNX Runtime knows a build server, on which it is silent.
    extendEnv: false,
    env: { HOME: home, TMPDIR: home },
  });
  return readdir(home, { recursive: true });
}

describe('ONNX Runtime', () => {
  it('collects nothing to send to Microsoft, in the layer as in the sources', async () => {
    const engine = path.join(layer, 'nodejs/node_modules/@facedrop/engine/index.js');
    for (const module of [engine, './layers/onnx/index.ts']) {
      const loads = `const { engine } = await import('${module}'); await engine.loadDetector();`;
      assert.deepEqual(await leftBy(loads), []);
    }
  });
});
