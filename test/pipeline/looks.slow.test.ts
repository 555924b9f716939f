import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
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
  const { score, parts, symmetry, model, resembles } = face.looks ?? {};
  assert.ok(parts?.likeness === undefined && resembles === undefined, 'as nobody is in the gallery');
  assert.equal(model?.name, 'facedrop-looks');
  assert.equal(parts?.quality, face.quality?.score);
  assert.ok((parts?.smile ?? 0) > 80 && (parts?.shape ?? 0) > 30 && (symmetry ?? 0) > 80);
  assert.ok(Math.abs((score ?? 0) - ((parts?.learned ?? 0) + (parts?.smile ?? 0)) / 2) < 0.11);

  const { stdout, exitCode } = await runCommand('drop', [samples.astronaut, '--csv'], { env: pipeline.env });
  assert.equal(exitCode, 0);
  const [row] = parse<Record<string, string>>(stdout, { columns: true });
  assert.equal(Number(row?.looks), score);
});

test('likeness to people of the gallery is told from half a minute after they were added, and not by vectors', async () => {
  for (const [name, photo] of [
    ['Grace Hopper', samples.hopper],
    ['Abraham Lincoln', samples.lincoln],
  ] as const) {
    const { exitCode, stderr } = await runCommand('gallery', ['add', name, photo], { env: pipeline.env });
    assert.equal(exitCode, 0, stderr);
    assert.doesNotMatch(stderr, /does not estimate/);
  }
  const mirrored = await sharp(samples.hopper).flop().toBuffer();
  const analyse = async (photo: string, body: string | Uint8Array) => {
    await pipeline.put(photo, body);
    const item = await pipeline.until(photo, (each) => each?.status === 'done' || each?.status === 'failed');
    assert.equal(item?.status, 'done');
    return item;
  };
  const told = await until(async () => {
    const item = await analyse(`hopper-${Date.now()}.jpg`, mirrored);
    return item.faces?.[0]?.looks?.resembles === undefined ? undefined : item;
  });
  const [face] = told.faces ?? [];
  assert.equal(face?.looks?.resembles, 'Grace Hopper');
  assert.ok((face.looks.parts.likeness ?? 0) > 80);
  assert.doesNotMatch(JSON.stringify(told), /vector/);

  // Whatever becomes of the gallery, photos are analysed; what was read of it before stays in service.
  const { s3, stack } = pipeline.target;
  await s3.send(
    new PutObjectCommand({ Bucket: stack.trainingBucket, Key: 'gallery/people.json', Body: '{"people":' }),
  );
  await sleep(31_000);
  const item = await analyse('after.jpg', mirrored);
  assert.equal(item.faces?.[0]?.looks?.resembles, 'Grace Hopper');
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 20; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(5000);
  }
  return assert.fail('Expected likeness within a minute but it was not told.');
}
