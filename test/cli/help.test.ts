import assert from 'node:assert/strict';
import { test } from 'node:test';
import project from '../../package.json' with { type: 'json' };
import { runCommand } from './commands.ts';

test('help names every command, each with its meaning', async () => {
  const { exitCode, stdout } = await runCommand('help', []);
  assert.equal(exitCode, 0);
  for (const name of Object.keys(project.scripts)) {
    assert.match(stdout, new RegExp(`^  npm (run )?${name} +\\w.{10,}$`, 'm'));
  }
});
