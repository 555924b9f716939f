import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { prepareTensorFlow } from '../../training/native.ts';
import { tf } from './tensorflow.ts';

describe('the native TensorFlow that trains', () => {
  it('is what TensorFlow.js runs on', () => {
    assert.equal(tf.getBackend(), 'tensorflow');
    // Convolutions have gradients, which they have not in WebAssembly.
    const gradient = tf.grad((x) => tf.conv2d(x.as4D(1, 4, 4, 1), tf.ones([2, 2, 1, 1]), 1, 'valid').sum());
    assert.deepEqual(
      [...gradient(tf.ones([4, 4])).dataSync()],
      [1, 2, 2, 1, 2, 4, 4, 2, 2, 4, 4, 2, 1, 2, 2, 1],
    );
  });

  it('is loaded where Node.js may not require modules, as on AWS Lambda', async () => {
    const { stdout } = await execa(
      process.execPath,
      [
        ...['--no-experimental-require-module', '--no-experimental-detect-module', '--input-type=module'],
        ...[
          '-e',
          "console.log((await (await import('./training/tensorflow.ts')).loadTensorFlow()).getBackend())",
        ],
      ],
      {
        cwd: path.resolve(import.meta.dirname, '../..'),
        env: { TENSORFLOW_DIRECTORY: await prepareTensorFlow() },
      },
    );
    assert.equal(stdout, 'tensorflow');
  });

  it('is made once', async () => {
    const made = async () => {
      const { ino, mtimeMs } = await stat(await prepareTensorFlow());
      return [ino, mtimeMs];
    };
    const [one, other] = await Promise.all([made(), made()]);
    assert.deepEqual(one, other);
    assert.deepEqual(await made(), one);
  });

  const elsewhere = process.platform !== 'linux' || process.arch !== 'x64';
  it('says what it takes to make it', { skip: elsewhere }, async (test) => {
    const { PATH, XDG_CACHE_HOME } = process.env;
    const cache = await mkdtemp(path.join(tmpdir(), 'facedrop-cache-'));
    test.after(async () => {
      Object.assign(process.env, { PATH });
      if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
      else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
      await rm(cache, { recursive: true });
    });
    Object.assign(process.env, { PATH: '', XDG_CACHE_HOME: cache });
    await assert.rejects(
      prepareTensorFlow(),
      /Training needs a C\+\+ compiler \(g\+\+\), binutils \(strip\), Python 3/,
    );
  });
});
