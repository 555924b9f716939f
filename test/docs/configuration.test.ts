import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { CONFIGURATION, renderConfiguration } from '../../docs/configuration.ts';

test('the document of the settings is made from their schema', async () => {
  const document = await readFile(CONFIGURATION, 'utf8');
  assert.equal(
    document,
    await renderConfiguration(),
    'Run node docs/configuration.ts and commit what it changes.',
  );
});
