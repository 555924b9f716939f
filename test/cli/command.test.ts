import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { printable, say } from '../../cli/command.ts';
import { runCommand } from './commands.ts';
import { writeTrainingStack } from './training-stack.ts';

test('lets no text send commands to the terminal, or turn what follows around', () => {
  assert.equal(printable('a\x1b[31mred\r\n\u202egpj.exe'), 'a�[31mred���gpj.exe');
  assert.equal(printable('照片 👩‍🚀 é.jpg'), '照片 👩‍🚀 é.jpg');
});

test('says names and labels of anybody as text, which can colour it and no more', (t) => {
  const { mock } = t.mock.method(process.stderr, 'write', () => true);
  say(`\u001b[31m✗\u001b[39m a\u001b[2J\u202eb\nc\u001b]0;title\u0007\r[31m`);
  const [written] = mock.calls.map(({ arguments: [text] }) => text);
  assert.equal(written, '\u001b[31m✗\u001b[39m a�[2J�b\nc�]0;title��[31m\n');
});

test('says that the stack is gone when it no longer answers', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'command-'));
  t.after(() => rm(folder, { recursive: true }));
  const credentials = { accessKeyId: 'nobody', secretAccessKey: 'none' };
  await writeTrainingStack(
    { endpoint: 'http://127.0.0.1:1', region: 'us-east-1', credentials },
    folder,
    'gone',
  );
  const { stderr, exitCode } = await runCommand('models', ['list'], { env: { FACEDROP_FOLDER: folder } });
  assert.equal(exitCode, 2);
  assert.match(
    stderr,
    /^✗ Expected the stack to answer but it does not \(connect ECONNREFUSED 127\.0\.0\.1:1\)\./m,
  );
});
