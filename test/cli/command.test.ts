import assert from 'node:assert/strict';
import { test } from 'node:test';
import { printable } from '../../cli/command.ts';

test('lets no text send commands to the terminal, or turn what follows around', () => {
  assert.equal(printable('a\x1b[31mred\r\n\u202egpj.exe'), 'a�[31mred���gpj.exe');
  assert.equal(printable('照片 👩‍🚀 é.jpg'), '照片 👩‍🚀 é.jpg');
});
