import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { runCommand } from '../cli/commands.ts';
import { samples } from '../fixtures/index.ts';
import { Pipeline } from './pipeline.ts';

const pipeline = await Pipeline.deploy('looks', {
  attributes: 'age,gender,looks',
  estimators: 'age+gender / looks',
  looksWeights: 'learned=1,smile=1',
});
after(() => pipeline.close());

test('looks are blended of networks and of what detect found, where the deployment asks for them', async () => {
  const photo = 'smile.jpg';
  await pipeline.put(photo, samples.astronaut);
  const item = await pipeline.until(photo, (each) => each?.status === 'done' || each?.status === 'failed');
  const [face] = item?.faces ?? [];
  assert.ok(face?.age && face.gender, 'as well as what is always estimated');
  assert.equal(face.expression, undefined, 'which is asked for looks alone');
  const { score, parts, symmetry, model } = face.looks ?? {};
  assert.equal(model?.name, 'facedrop-looks');
  assert.equal(parts?.quality, face.quality?.score);
  assert.ok((parts?.smile ?? 0) > 80 && (parts?.shape ?? 0) > 30 && (symmetry ?? 0) > 80);
  assert.ok(Math.abs((score ?? 0) - ((parts?.learned ?? 0) + (parts?.smile ?? 0)) / 2) < 0.11);

  const { stdout, exitCode } = await runCommand('drop', [samples.astronaut, '--csv'], { env: pipeline.env });
  assert.equal(exitCode, 0);
  const [row] = parse<Record<string, string>>(stdout, { columns: true });
  assert.equal(Number(row?.looks), score);
});
