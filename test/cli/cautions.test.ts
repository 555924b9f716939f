import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sayCautions } from '../../cli/cautions.ts';

it('says what looks are not for where they are asked for, and nothing elsewhere', (test) => {
  const write = test.mock.method(process.stderr, 'write', () => true);
  const said = (names: readonly string[]) => {
    write.mock.resetCalls();
    sayCautions(names);
    return write.mock.calls.map(({ arguments: [text] }) => String(text)).join('');
  };
  assert.equal(said(['age', 'gender', 'expression']), '');
  assert.match(
    said(['age', 'looks']),
    /^! looks says how 60 students rated .*Do not use it to decide about people/,
  );
});
