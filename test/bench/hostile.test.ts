import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';

const BENCH = path.join(import.meta.dirname, '../../bench/hostile.ts');

test('answers hostile pictures and mutants of good photos', {
  skip: process.platform !== 'linux',
}, async () => {
  const { stdout } = await execa(process.execPath, [BENCH, '--pictures', '3', '--mutants', '34'], {
    stderr: 'ignore',
  });
  assert.match(stdout, /^\| pictures made to break a decoder \| 3 \| 3 \| 0 \|/m);
  assert.match(stdout, /^\| mutants of good photos \| 34 \| 34 \| \d+ \|/m);
});
