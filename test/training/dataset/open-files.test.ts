import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { OpenFiles } from '../../../training/dataset/open-files.ts';
import { makeFolder } from './folders.ts';

// Only Linux says what is open.
it('files are read in pieces, few of them open at a time', {
  skip: process.platform !== 'linux',
}, async () => {
  const names = Array.from({ length: 200 }, (_, number) => `${number}`);
  const folder = await makeFolder(Object.fromEntries(names.map((name) => [name, `begin ${name} end`])));
  const before = (await readdir('/proc/self/fd')).length;
  const files = new OpenFiles();
  const read = async (name: string) =>
    Buffer.from(await files.read(join(folder.path, name), 6, name.length)).toString();
  for (let round = 0; round < 3; round += 1) {
    assert.deepEqual(await Promise.all(names.map(read)), names);
    const open = (await readdir('/proc/self/fd')).length - before;
    assert.ok(open > 30 && open < 70, `${open} files are open`);
  }
  await assert.rejects(files.read(join(folder.path, '7'), 6, 100), /it has less than 106 bytes/);
  await assert.rejects(files.read(join(folder.path, 'none'), 0, 1), /ENOENT/);
  assert.equal(await read('7'), '7');
  await files.close();
  assert.equal((await readdir('/proc/self/fd')).length, before);
  await rm(join(folder.path, '7'));
  await assert.rejects(read('7'), /ENOENT/);
});
