import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { execa } from 'execa';
import { pythonEnvironment } from '../../../local/python.ts';
import { samples } from '../../fixtures/index.ts';
import { startTestStack } from '../../stack.ts';
import { Client } from './client.ts';

const SEED = '1';

// A stack of its own: any training that is listed may be cancelled.
const running = await startTestStack();
after(() => running.stop());

// Schemathesis sends what the description allows and what it does not, and holds the answers against it.
it('answers as its description says, whatever comes, and never with a server error', async () => {
  const requirements = path.join(import.meta.dirname, 'requirements.txt');
  const [python, client] = await Promise.all([
    pythonEnvironment('schemathesis', requirements),
    Client.create({ trainings: true }, running.stack),
  ]);
  const id = await client.upload(new Uint8Array(await readFile(samples.hopper)));
  await client.result(id);

  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-fuzz-'));
  try {
    const rules = await readFile(path.join(import.meta.dirname, 'schemathesis.toml'), 'utf8');
    const config = path.join(folder, 'schemathesis.toml');
    await writeFile(config, rules.replaceAll('<photo>', id));
    const { exitCode, stdout } = await execa(
      python,
      [
        ...['-m', 'schemathesis.cli', '--config-file', config, 'run', `${client.url}openapi.json`],
        ...['--url', client.url.replace(/\/$/, ''), '--header', `x-api-key: ${client.key}`],
        ...['--phases', 'coverage,fuzzing,stateful', '--continue-on-failure', '--seed', SEED, '--no-color'],
      ],
      { cwd: folder, reject: false },
    );
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /13 selected \/ 13 total/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
