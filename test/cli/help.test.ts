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

test('the help of a command shows how it is called, and no default that only means "not set"', async () => {
  for (const [name, call] of [
    ['start', 'npm start --'],
    ['train', 'npm run train --'],
  ] as const) {
    const { exitCode, stdout } = await runCommand(name, ['--help']);
    assert.equal(exitCode, 0);
    assert.ok(stdout.startsWith(`Usage: ${call} [options]`), stdout);
    assert.doesNotMatch(stdout, /default: (false|""|"?\{)/);
  }
});
