import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportResults } from '../../cli/report.ts';
import { connectTo } from '../../cli/target.ts';
import { testStack } from '../stack.ts';

test('says when the stack no longer answers, and what becomes of the photos', async () => {
  const ended = connectTo({ ...(await testStack()), endpoint: 'http://127.0.0.1:1' });
  await assert.rejects(
    reportResults(ended, [{ key: 'a.jpg' }, { key: 'b.jpg' }], {
      wait: true,
      timeout: 60,
      minimumQuality: 0,
    }),
    /^Error: Expected 2 more results but the local stack at \S+ does not answer \(.*ECONNREFUSED.*\)\. What was uploaded is kept/,
  );
});
