import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { cached, removeStale } from '../../support/cache.ts';

describe('a folder made once', () => {
  let parent: string;
  let directory: string;
  beforeEach(async () => {
    parent = await mkdtemp(path.join(tmpdir(), 'facedrop-cache-'));
    directory = path.join(parent, 'made', 'engine-1');
  });
  afterEach(() => rm(parent, { recursive: true }));

  it('is filled on the first call only', async () => {
    let calls = 0;
    const fill = async (aside: string) => {
      calls += 1;
      await writeFile(path.join(aside, 'file'), '');
    };
    for (let round = 0; round < 2; round += 1) assert.equal(await cached(directory, fill), directory);
    assert.equal(calls, 1);
    assert.deepEqual(await readdir(directory), ['file']);
  });

  it('is not there while it is being filled, nor when that fails, and leaves nothing behind', async () => {
    const failing = cached(directory, async (aside) => {
      await writeFile(path.join(aside, 'half'), '');
      assert.ok(!existsSync(directory));
      throw new Error('half-way');
    });
    await assert.rejects(failing, /half-way/);
    assert.deepEqual(await readdir(path.dirname(directory)), []);
  });

  it('may be read by everybody, whatever is in it and whoever makes it', async (test) => {
    const umask = process.umask(0o077);
    test.after(() => process.umask(umask));
    await cached(directory, async (aside) => {
      await mkdir(path.join(aside, 'inner'));
      await writeFile(path.join(aside, 'inner', 'file'), '');
      await writeFile(path.join(aside, 'inner', 'program'), '', { mode: 0o700 });
    });
    const modes = await Promise.all(
      ['', 'inner', 'inner/file', 'inner/program'].map((file) => stat(path.join(directory, file))),
    );
    assert.deepEqual(
      modes.map(({ mode }) => (mode & 0o777).toString(8)),
      ['755', '755', '644', '755'],
    );
  });

  it('may be made by several at the same time', async () => {
    const fill = (aside: string) => writeFile(path.join(aside, 'file'), '');
    await Promise.all([cached(directory, fill), cached(directory, fill), cached(directory, fill)]);
    assert.deepEqual(await readdir(path.dirname(directory)), ['engine-1']);
    assert.deepEqual(await readdir(directory), ['file']);
  });

  it('takes the place of those that are old, and of no others', async () => {
    const old = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const [name, isOld] of [
      ['engine-1', true],
      ['engine-0', true],
      ['engine-2', false],
      ['other-0', true],
    ] as const) {
      await mkdir(path.join(parent, name));
      if (isOld) await utimes(path.join(parent, name), old, old);
    }
    await removeStale(parent, 'engine-', path.join(parent, 'engine-1'));
    assert.deepEqual((await readdir(parent)).sort(), ['engine-1', 'engine-2', 'other-0']);
  });
});
