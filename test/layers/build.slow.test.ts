import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { execa } from 'execa';
import { hostPlatform } from '../../layers/platform.ts';
import { buildModelLayer } from '../../models/layer.ts';
import { installPackage, lockedPackage } from '../../support/packages.ts';

/** What an ELF file's header calls the processor that it is for. */
const ELF_MACHINE = { x64: 62, arm64: 183 };

async function temporaryFolder(test: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-layer-'));
  test.after(() => rm(folder, { recursive: true }));
  return folder;
}

describe('a built layer', () => {
  for (const engine of ['onnx', 'tfjs'] as const) {
    it(`has all that a function requires: ${engine}`, async (test) => {
      const layer = await buildModelLayer({ engine, platform: hostPlatform() });
      // Elsewhere, so that nothing is found in the project's own node_modules.
      const opt = await temporaryFolder(test);
      await cp(layer, opt, { recursive: true });
      const script = `
        const sharp = require('sharp');
        const { engine } = require('@facedrop/engine');
        (async () => {
          const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } }).jpeg().toBuffer();
          const { info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
          const detector = await engine.loadDetector();
          const folder = require('node:path').join(require('node:path').dirname(engine.builtins[0]), 'age-gender-net');
          const network = await engine.openNetwork(folder, 112, ['gender']);
          const faces = await detector.detect({ data: new Uint8Array(64 * 64 * 3), width: 64, height: 64 }, 0.35);
          const [{ gender: [male] }] = await network.run(new Uint8Array(112 * 112 * 3));
          console.log(JSON.stringify({ engine: engine.name, width: info.width, faces, male }));
        })();
      `;
      const { stdout } = await execa('node', ['-e', script], {
        cwd: opt,
        env: { NODE_PATH: path.join(opt, 'nodejs', 'node_modules') },
      });
      const { male, ...rest } = JSON.parse(stdout);
      assert.deepEqual(rest, { engine, width: 8, faces: [] });
      assert.ok(male >= 0 && male <= 1);
    });
  }

  it('leaves out weights that are not licensed permissively, if asked to', async () => {
    const platform = hostPlatform();
    for (const [weights, expected] of [
      ['best', ['default', 'looks']],
      ['small', ['small', 'looks']],
      ['permissive', ['permissive']],
    ] as const) {
      const layer = await buildModelLayer({ engine: 'onnx', weights, platform });
      const engine = path.join(layer, 'nodejs', 'node_modules', '@facedrop', 'engine');
      const networks = globSync('*/*.onnx', { cwd: engine }).map((file) => path.dirname(file));
      const published = ['age-gender-net', 'face-expression-net', 'face-mesh', 'face-recognition-net'];
      assert.deepEqual(networks.sort(), [...published, ...expected].sort());
    }
  });

  for (const architecture of ['x64', 'arm64'] as const) {
    it(`holds native code for Linux on ${architecture} and nothing else`, async () => {
      const layer = await buildModelLayer({ engine: 'onnx', platform: { os: 'linux', architecture } });
      const files = globSync('**/*.{node,so,so.*,dylib,dll}', { cwd: layer });
      const names = files.map((file) => path.basename(file).replace(/[-.][.\d]+\d(?=\.|$)/, ''));
      assert.deepEqual(names.sort(), [
        'libonnxruntime.so.1',
        'libvips-cpp.so',
        'onnxruntime_binding.node',
        `sharp-linux-${architecture}.node`,
      ]);
      for (const file of files) {
        assert.equal(await elfMachine(path.join(layer, file)), ELF_MACHINE[architecture], file);
      }
    });
  }

  it('is put together once', async () => {
    const options = { engine: 'onnx', platform: hostPlatform() } as const;
    const layer = await buildModelLayer(options);
    const { birthtimeMs } = await stat(layer);
    assert.equal(await buildModelLayer(options), layer);
    assert.equal((await stat(layer)).birthtimeMs, birthtimeMs);
  });

  it('is refused for a platform that the engine does not run on', async () => {
    await assert.rejects(
      buildModelLayer({ engine: 'onnx', platform: { os: 'darwin', architecture: 'x64' } }),
      /Expected a platform that onnxruntime-node runs on but received darwin-x64/,
    );
  });
});

describe('a package for another platform', () => {
  const name = '@img/sharp-linuxmusl-arm64';

  it('is installed as package-lock.json pins it', async (test) => {
    const folder = await temporaryFolder(test);
    const locked = await lockedPackage(name);
    await installPackage(name, locked, folder);
    const manifest = JSON.parse(
      await readFile(path.join(folder, 'node_modules', name, 'package.json'), 'utf8'),
    );
    assert.equal(manifest.version, locked.version);
  });

  it('is refused when its contents are others than pinned', async (test) => {
    const folder = await temporaryFolder(test);
    const { integrity } = await lockedPackage('sharp');
    await assert.rejects(
      installPackage(name, { ...(await lockedPackage(name)), integrity }, folder),
      /EINTEGRITY/,
    );
    assert.ok(!existsSync(path.join(folder, 'node_modules', name)));
  });
});

async function elfMachine(file: string): Promise<number> {
  const handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(20), 0, 20, 0);
  await handle.close();
  assert.equal(buffer.toString('latin1', 0, 4), '\x7fELF');
  return buffer.readUInt16LE(18);
}
