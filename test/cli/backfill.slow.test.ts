import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitForResults } from '../../cli/results.ts';
import { connectTo } from '../../cli/target.ts';
import { uploadPhotos } from '../../cli/uploads.ts';
import { parseNotification } from '../../functions/shared/event.ts';
import { samples } from '../fixtures/index.ts';
import { testStack } from '../stack.ts';
import { runCommand, startCommand } from './commands.ts';
import { IdleStack } from './idle-stack.ts';
import { analysed, face, refused } from './photos.ts';

const stack = await IdleStack.create(await testStack());
after(() => stack.close());

const backfill = (...args: string[]) => runCommand('backfill', args, { env: stack.env });

/** Begins a backfill, and ends it some milliseconds after its first messages are there. */
async function interrupt(args: readonly string[], signal: 'SIGINT' | 'SIGKILL', milliseconds: number) {
  const child = startCommand('backfill', args, { env: stack.env });
  while (!child.exitCode && (await stack.count(stack.target.stack.uploadQueue)) === 0) await sleep(50);
  await sleep(milliseconds);
  child.kill(signal);
  const { exitCode, stderr } = await child;
  return { exitCode, stderr: String(stderr) };
}

async function sentEvents() {
  const bodies = await stack.receive(stack.target.stack.uploadQueue);
  return bodies.flatMap((body) => parseNotification(body)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

test('sends a message for each photo under the prefix, and for nothing else', async () => {
  const keys = ['one/a b+c.jpg', 'one/100%2F%.jpg', 'one/照片/😀.png', `one/it's "quoted".jpg`];
  const etags = await Promise.all(keys.map((key) => stack.put(key)));
  await stack.put('one/folder/', new Uint8Array());
  await stack.put('two/other.jpg');
  const { exitCode, stderr, stdout } = await backfill('--prefix', 'one/', '--rate', '100/s');
  assert.equal(exitCode, 0, stderr);
  assert.equal(stdout, '');
  assert.match(stderr, /Finished: 4 photos sent, 0 skipped/);
  const events = await sentEvents();
  assert.deepEqual(new Set(events.map(({ key }) => key)), new Set(keys));
  for (const { key, etag, kind, sequencer } of events) {
    assert.equal(etag, etags[keys.indexOf(key)]);
    assert.equal(kind, 'created');
    assert.equal(sequencer, undefined);
  }
});

test('skips photos whose present version has a result, unless it is told not to', async () => {
  const etag = await stack.put('skip/done.jpg');
  await stack.putItem(analysed('skip/done.jpg', [], { etag }));
  await stack.putItem({ ...refused('skip/refused.jpg'), etag: await stack.put('skip/refused.jpg') });
  await stack.put('skip/new.jpg');
  await stack.put('skip/overwritten.jpg');
  await stack.putItem(analysed('skip/overwritten.jpg', [], { etag: 'older' }));
  await stack.putItem(
    analysed('skip/pending.jpg', [], { etag: await stack.put('skip/pending.jpg'), status: 'pending' }),
  );
  await stack.putItem(
    analysed('skip/given-up.jpg', [], {
      etag: await stack.put('skip/given-up.jpg'),
      status: 'failed',
      failure: { code: 'gave-up', message: 'Gave up after 3 tries.' },
    }),
  );

  const { stderr } = await backfill('--prefix', 'skip/', '--rate', '100');
  assert.match(stderr, /Finished: 4 photos sent, 2 skipped/);
  assert.deepEqual(
    (await sentEvents()).map(({ key }) => key),
    ['skip/given-up.jpg', 'skip/new.jpg', 'skip/overwritten.jpg', 'skip/pending.jpg'],
  );

  // A new analysis would know nothing of what somebody said.
  const label = { age: 34, consent: true, labelledAt: new Date().toISOString() };
  const corrected = { etag: await stack.put('skip/corrected.jpg') };
  await stack.putItem(analysed('skip/corrected.jpg', [face({ label })], corrected));
  const all = await backfill('--prefix', 'skip/', '--rate', '100', '--all');
  assert.match(all.stderr, /Finished: 6 photos sent, 1 skipped/);
  const keys = (await sentEvents()).map(({ key }) => key);
  assert.equal(keys.length, 6);
  assert.ok(!keys.includes('skip/corrected.jpg'));
});

for (const signal of ['SIGINT', 'SIGKILL'] as const) {
  test(`continues where ${signal} interrupted it`, async () => {
    const prefix = `${signal}/`;
    // So many that it takes long on a machine that is slow to interrupt it, too.
    const keys = Array.from({ length: 100 }, (_, i) => `${prefix}${String(i).padStart(2, '0')}.jpg`);
    for (const key of keys) await stack.put(key);
    const args = ['--prefix', prefix, '--rate', '8/s'];
    // One batch of eight a second.
    const { exitCode, stderr } = await interrupt(args, signal, 1100);
    if (signal === 'SIGINT') {
      assert.equal(exitCode, 130, stderr);
      assert.match(stderr, /Interrupted after \d+ photos sent.* continue/);
    }
    const before = await sentEvents();
    assert.ok(before.length > 0 && before.length < keys.length, `${before.length} sent before`);

    const second = await backfill('--prefix', prefix, '--rate', '100/s');
    assert.equal(second.exitCode, 0, second.stderr);
    assert.match(second.stderr, /Continuing the backfill/);
    const all = [...before, ...(await sentEvents())];
    assert.deepEqual(new Set(all.map(({ key }) => key)), new Set(keys));
    // Whoever is killed cannot note its last batch, which is then sent twice; otherwise nothing is.
    if (signal === 'SIGINT') assert.equal(all.length, keys.length);
    else assert.ok(all.length <= keys.length + 8, `${all.length} sent`);
    // All of it is one run, in which a photo is analysed once however often it is sent.
    assert.equal(new Set(all.map(({ analysis }) => analysis)).size, keys.length);

    const third = await backfill('--prefix', prefix, '--rate', '100/s');
    assert.ok(!third.stderr.includes('Continuing'), 'what is finished is not continued');
    assert.equal((await sentEvents()).length, keys.length);
  });
}

test('starts over when it is told to', async () => {
  const prefix = 'restart/';
  for (let i = 0; i < 10; i += 1) await stack.put(`${prefix}${i}.jpg`);
  const { exitCode, stderr } = await interrupt(['--prefix', prefix, '--rate', '1/s'], 'SIGINT', 200);
  assert.equal(exitCode, 130, stderr);
  await sentEvents();
  await backfill('--prefix', prefix, '--rate', '100/s', '--restart');
  assert.equal((await sentEvents()).length, 10);
});

test('keeps to the rate', async () => {
  const prefix = 'rate/';
  for (let i = 0; i < 30; i += 1) await stack.put(`${prefix}${i}.jpg`);
  const start = performance.now();
  await backfill('--prefix', prefix, '--rate', '10/s');
  assert.ok(performance.now() - start >= 1000, `${performance.now() - start} ms`);
  assert.equal((await sentEvents()).length, 30);
});

test('says so when there is nothing under the prefix', async () => {
  const { exitCode, stderr } = await backfill('--prefix', 'nothing/');
  assert.equal(exitCode, 2);
  assert.match(stderr, /none has a key that begins with "nothing\/"/);
});

test('refuses wrong usage', async () => {
  for (const args of [
    [],
    ['--prefix', 'a', '--rate', 'fast'],
    ['--prefix', 'a', '--unknown'],
    ['--prefix', 'a', '--older-than', 'age'],
    ['--prefix', 'a', '--older-than', 'age:3', '--all'],
  ]) {
    const { exitCode, stderr } = await backfill(...args);
    assert.equal(exitCode, 2, stderr);
    assert.match(stderr, /error: /);
  }
});

test('has photos analysed again that an older model told, and no others', async () => {
  const target = connectTo(await testStack());
  const prefix = `older/${randomUUID()}`;
  const file = { path: samples.hopper, name: 'hopper.jpg' };
  const uploads = await uploadPhotos(target, [file], { prefix });
  const [before] = await waitForResults(target, uploads, { timeoutSeconds: 120 });
  const version = Number(before?.faces?.[0]?.age?.model.version);
  assert.ok(version >= 1);
  const run = (...args: string[]) => runCommand('backfill', ['--prefix', prefix, ...args]);
  for (const same of [`age:${version}`, `gender:${version}`]) {
    const { exitCode, stderr } = await run('--older-than', same);
    assert.equal(exitCode, 0, stderr);
    assert.match(stderr, /Finished: 0 photos sent, 1 skipped/, same);
  }
  const { exitCode, stderr } = await run('--older-than', `age:${version + 1}`);
  assert.equal(exitCode, 0, stderr);
  assert.match(stderr, /Finished: 1 photo sent, 0 skipped/);
  const awaited = uploads.map((upload) => ({ ...upload, ...(before && { before }) }));
  const [after] = await waitForResults(target, awaited, { timeoutSeconds: 120 });
  assert.equal(after?.faces?.[0]?.age?.years, before?.faces?.[0]?.age?.years);

  const off = await run('--older-than', 'expression:1');
  assert.equal(off.exitCode, 2);
  assert.match(off.stderr, /received "expression"\. A deployment turns it on with -c/);
  const unknown = await run('--older-than', 'age:latest');
  assert.equal(unknown.exitCode, 2);
  assert.match(
    unknown.stderr,
    /Expected a number, or the version of a trained age model, but received "latest"/,
  );
});

test('sends what an older version told, but for what people corrected', async () => {
  const model = (version: string) => ({ name: 'test', version });
  const { age, ...without } = face();
  const { gender } = without;
  assert.ok(age && gender);
  const items = {
    // The older of two attributes is not the one that is asked for.
    'new.jpg': face({ age: { ...age, model: model('10') }, gender: { ...gender, model: model('2') } }),
    'old.jpg': face({ age: { ...age, model: model('9') } }),
    'package.jpg': face({ age: { ...age, model: model('face-api-1.7.15') } }),
    'corrected.jpg': face({
      age: { ...age, model: model('9') },
      label: { age: 30, consent: true, labelledAt: new Date(0).toISOString() },
    }),
    'without.jpg': without,
  };
  for (const [name, one] of Object.entries(items)) {
    const key = `versions/${name}`;
    await stack.putItem(
      analysed(key, [face({ age: { ...age, model: model('10') } }), one], { etag: await stack.put(key) }),
    );
  }
  const { exitCode, stderr } = await backfill('--prefix', 'versions/', '--older-than', 'age:10');
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(
    (await sentEvents()).map(({ key }) => key),
    ['versions/old.jpg', 'versions/package.jpg'],
  );
});

test('has photos analysed again', async () => {
  const target = connectTo(await testStack());
  const prefix = `backfill/${randomUUID()}`;
  const file = { path: samples.hopper, name: '照片 +%.jpg' };
  const uploads = await uploadPhotos(target, [file], { prefix });
  const [before] = await waitForResults(target, uploads, { timeoutSeconds: 120 });
  assert.ok(before);
  const { exitCode, stderr } = await runCommand('backfill', ['--prefix', prefix, '--all']);
  assert.equal(exitCode, 0, stderr);
  const awaited = uploads.map((upload) => ({ ...upload, before }));
  const [after] = await waitForResults(target, awaited, { timeoutSeconds: 120 });
  assert.equal(after?.status, 'done');
  assert.equal(after.faces?.length, 1);
  assert.notEqual(after.analysis, before.analysis);
});
