import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as z from 'zod';
import { runCommand } from './commands.ts';

const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');

const analystSchema = z.object({
  name: z.string(),
  scopes: z.array(
    z.object({
      overall: z.object({ faces: z.number(), found: z.number(), gender: z.number().optional() }),
      groups: z.array(z.object({ group: z.object({ column: z.string(), value: z.string() }) })),
    }),
  ),
});
const evaluationSchema = z.object({ analysts: z.array(analystSchema) });

describe('npm run evaluate', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-evaluate-'));
    for (const name of ['astronaut.jpg', 'lincoln.jpg', 'coffee.jpg']) {
      await cp(path.join(SAMPLES, name), path.join(folder, name));
    }
    const labels = ['file,age,gender,light', 'astronaut.jpg,43,F,bright', 'lincoln.jpg,54,M,dark'];
    await writeFile(path.join(folder, 'labels.csv'), [...labels, 'coffee.jpg,30,M,dark', ''].join('\n'));
  });
  after(() => rm(folder, { recursive: true }));

  it('measures on labelled photos beside face-api and Human, and writes a page', async () => {
    const out = path.join(folder, 'out');
    const { stdout, exitCode } = await runCommand('evaluate', [folder, '--out', out]);
    assert.equal(exitCode, 0);
    const text = await readFile(path.join(out, 'evaluation.json'), 'utf8');
    const { analysts } = evaluationSchema.parse(JSON.parse(text));
    assert.deepEqual(
      analysts.map(({ name }) => name),
      ['facedrop', 'face-api', 'human'],
    );
    const [own] = analysts[0]?.scopes ?? [];
    // A cup of coffee has no face: that is an error of whoever is asked.
    assert.deepEqual([own?.overall.faces, own?.overall.found, own?.overall.gender], [3, 2 / 3, 2 / 3]);
    const lights = own?.groups
      .filter(({ group }) => group.column === 'light')
      .map(({ group }) => group.value);
    assert.deepEqual(lights, ['bright', 'dark']);
    assert.match(stdout, /facedrop +3 +66\.7/);
    assert.match(await readFile(path.join(out, 'evaluation.html'), 'utf8'), /<svg/);
  });

  it('measures a network that has a card for each attribute', async () => {
    const small = path.resolve(SAMPLES, '..', 'models', 'small');
    const out = path.join(folder, 'small');
    const { exitCode } = await runCommand('evaluate', [folder, '--alone', '--model', small, '--out', out]);
    assert.equal(exitCode, 0);
    const text = await readFile(path.join(out, 'evaluation.json'), 'utf8');
    const { analysts } = evaluationSchema.parse(JSON.parse(text));
    assert.deepEqual(
      analysts.map(({ name, scopes }) => [name, scopes[0]?.overall.found]),
      [
        ['facedrop', 2 / 3],
        ['age and gender of small', 2 / 3],
      ],
    );
  });

  it('says what a folder lacks', async () => {
    const { stderr, exitCode } = await runCommand('evaluate', [SAMPLES, '--alone']);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /labels\.csv/);
  });
});
