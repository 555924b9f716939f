import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tensor1d } from '@tensorflow/tfjs-core';
import { initializers, layers, model } from '@tensorflow/tfjs-layers';
import * as z from 'zod';
import type { OwnDefinition } from '../../attributes/own/definition.ts';
import { describeFolder, writeCard } from '../../models/model-folder.ts';
import { apply, chipInput, pool } from '../../networks/layers.ts';
import { writeProducts } from '../../training/trainer/products.ts';
import { usualViews } from '../../vision/chip-spec.ts';
import { ageDraft } from '../models/card.ts';
import { runCommand } from './commands.ts';

const SIDE = 32;
const SAMPLES = path.resolve(import.meta.dirname, '..', '..', 'samples');

const analystSchema = z.object({
  name: z.string(),
  scopes: z.array(
    z.object({
      overall: z.object({
        faces: z.number(),
        found: z.number(),
        gender: z.number().optional(),
        right: z.number().optional(),
      }),
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

  it('measures networks for an attribute of your own on its column, and compares them', async () => {
    const people = path.join(folder, 'people');
    await mkdir(people);
    for (const name of ['astronaut.jpg', 'lincoln.jpg']) {
      await cp(path.join(SAMPLES, name), path.join(people, name));
    }
    await writeFile(
      path.join(people, 'labels.csv'),
      'file,beard,age\nastronaut.jpg,no,36\nlincoln.jpg,yes,54\n',
    );
    const certain = await writeOwn('beard', 'certain', 1);
    const wrong = await writeOwn('beard', 'wrong', 0);
    const out = path.join(folder, 'own');
    const models = ['--model', certain, '--model', wrong];
    const { stdout, stderr, exitCode } = await runCommand('evaluate', [people, ...models, '--out', out]);
    assert.equal(exitCode, 0, stderr);
    const { analysts } = evaluationSchema.parse(
      JSON.parse(await readFile(path.join(out, 'evaluation.json'), 'utf8')),
    );
    assert.deepEqual(
      analysts.map(({ name, scopes }) => [name, scopes[0]?.overall.found, scopes[0]?.overall.right]),
      [
        ['beard of certain', 1, 0.5],
        ['beard of wrong', 1, 0.5],
      ],
    );
    const columns = analysts[0]?.scopes[0]?.groups.map(({ group }) => `${group.column} ${group.value}`);
    assert.deepEqual(columns, ['age adults, 13 to 59', 'beard no', 'beard yes']);
    assert.match(stdout, /beard of certain minus the others/);
    assert.match(await readFile(path.join(out, 'evaluation.html'), 'utf8'), /Right beard, %/);

    const hat = await writeOwn('hat', 'hat', 1);
    const several = await runCommand('evaluate', [people, '--model', certain, '--model', hat]);
    assert.match(several.stderr, /for the same attribute of your own but received beard, hat/);
    const unlabelled = await runCommand('evaluate', [people, '--model', hat]);
    assert.match(unlabelled.stderr, /Expected photos with a label in a column "hat"/);
  });

  /** A network that always says the same of an own attribute: "yes" or "no". */
  async function writeOwn(name: string, version: string, yes: number): Promise<string> {
    const place = path.join(folder, version);
    const definition: OwnDefinition = { name, kind: 'classes', classes: ['yes', 'no'] };
    const { chips, normalized } = chipInput(SIDE);
    const kernelInitializer = initializers.zeros();
    const units = apply(
      layers.dense({ name, units: 2, kernelInitializer, activation: 'softmax' }),
      pool(normalized),
    );
    const whole = model({ inputs: chips, outputs: units });
    const { weights } = whole.getLayer(name);
    weights[1]?.write(tensor1d([yes, 1 - yes]));
    await writeProducts(place, { whole }, name, { steps: [], validations: [] });
    const { task, output, estimate, interval, metrics, ...common } = ageDraft(version);
    const draft = {
      ...common,
      ...{ task: name, definition, output: 'classes', metrics: { faces: 1 } },
      ...{ input: { side: SIDE }, views: usualViews(1.6, 2) },
    };
    await writeCard(place, (await describeFolder(draft, place)).card);
    return place;
  }

  it('says what a folder lacks', async () => {
    const { stderr, exitCode } = await runCommand('evaluate', [SAMPLES, '--alone']);
    assert.notEqual(exitCode, 0);
    assert.match(stderr, /labels\.csv/);
  });
});
