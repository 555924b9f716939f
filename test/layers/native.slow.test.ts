import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { loadLayer } from '../../layers/load.ts';
import { hostPlatform } from '../../layers/platform.ts';
import { missingTools } from '../../layers/tfjs/compilation.ts';
import { prepareTensorFlow, TOOLS } from '../../layers/tfjs/native.ts';
import { buildModelLayer } from '../../models/layer.ts';

/** What Amazon Linux 2023, which Lambda's Node.js runs on, has of the C and C++ libraries. */
const NEWEST = { GLIBC: '2.34', GLIBCXX: '3.4.29' };

describe('native TensorFlow', async () => {
  const host = hostPlatform();
  const tensorFlow = await prepareTensorFlow(host);
  const skip = tensorFlow.backend === 'wasm' && tensorFlow.reason;

  it('is what the layer for this machine runs on', { skip }, async () => {
    const { loadFaceApi } = loadLayer('tfjs', await buildModelLayer({ engine: 'tfjs', platform: host }));
    const { backend, tf } = await loadFaceApi();
    assert.equal(backend, 'native');
    assert.equal(tf.getBackend(), 'tensorflow');
  });

  it('needs no newer C and C++ libraries than Lambda has', { skip }, async () => {
    assert.equal(tensorFlow.backend, 'native');
    const files = ['tfjs_binding.node', 'libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
    const { stdout } = await execa('objdump', [
      '-p',
      ...files.map((file) => path.join(tensorFlow.directory, file)),
    ]);
    for (const [name, newest] of Object.entries(NEWEST)) {
      const needed = [...stdout.matchAll(new RegExp(`\\b${name}_([\\d.]+)`, 'g'))].map(
        ([, version = '']) => version,
      );
      assert.ok(needed.length > 0);
      const tooNew = needed.filter((version) => version.localeCompare(newest, 'en', { numeric: true }) > 0);
      assert.deepEqual(tooNew, []);
    }
  });

  it('gives way to WebAssembly on another platform, and says why', async () => {
    for (const platform of [
      { os: 'darwin', architecture: 'x64' },
      { os: 'linux', architecture: 'arm64' },
    ] as const) {
      const { backend, ...rest } = await prepareTensorFlow(platform);
      assert.equal(backend, 'wasm');
      assert.match('reason' in rest ? rest.reason : '', /is not available for (darwin-x64|linux-arm64)/);
    }
  });

  it('names the tools that are missing', async (test) => {
    const { PATH } = process.env;
    test.after(() => Object.assign(process.env, { PATH }));
    process.env.PATH = '';
    assert.deepEqual(await missingTools(TOOLS), [
      'Maven (mvn)',
      'a C++ compiler (g++)',
      'binutils (strip)',
      'Python 3 (python3)',
    ]);
  });
});
