import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { runCommand } from '../cli/commands.ts';
import { samples } from '../fixtures/index.ts';
import { Pipeline } from './pipeline.ts';

/** What is estimated only where the deployment asks for it. */

const pipeline = await Pipeline.deploy('expression', {
  attributes: 'age,gender,expression,eyes,mouth',
  estimators: 'age+gender / expression / eyes+mouth',
});
after(() => pipeline.close());

test('expressions, eyes and mouths are estimated, announced and printed where the deployment asks for them', async () => {
  const photo = 'smile.jpg';
  await pipeline.put(photo, samples.astronaut);
  const item = await pipeline.until(photo, (each) => each?.status === 'done' || each?.status === 'failed');
  const [face] = item?.faces ?? [];
  assert.ok(face?.age && face.gender, 'as well as what is always estimated');
  assert.equal(face.expression?.expression, 'happiness');
  assert.ok(face.expression.smile > 0.8);
  assert.deepEqual([face.eyes?.eyes, face.mouth?.mouth], ['open', 'open']);

  const { stdout, exitCode } = await runCommand('drop', [samples.astronaut, '--csv'], { env: pipeline.env });
  assert.equal(exitCode, 0);
  const [row] = parse<Record<string, string>>(stdout, { columns: true });
  assert.equal(row?.expression, 'happiness');
  assert.ok(Number(row?.smile) > 0.8);
  assert.deepEqual([row?.eyes, row?.mouth], ['open', 'open']);
});
