import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { execaNode } from 'execa';
import { testStack } from '../stack.ts';

const BENCH = path.resolve(import.meta.dirname, '../../bench');
const NAMES = readdirSync(path.join(BENCH, 'benchmarks')).map((file) => path.parse(file).name);
const skip =
  (process.platform !== 'linux' || process.arch !== 'x64') &&
  'native TensorFlow, which some compare with, is there on Linux on x64 only';

// Some measure on it.
await testStack();

describe('a benchmark', { skip }, () => {
  for (const name of NAMES) {
    it(`runs and prints its figures: ${name}`, async () => {
      const { stdout } = await execaNode(path.join(BENCH, 'run.ts'), ['--smoke', name]);
      assert.match(stdout, /^### /m);
      assert.match(stdout, /^\| -.+ \|$/m);
      assert.doesNotMatch(stdout, /NaN|undefined/);
    });
  }
});
