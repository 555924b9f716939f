import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { S3 } from '@aws-sdk/client-s3';
import { openRegistry } from '../../models/registry.ts';
import { emptyAws, modelFiles, publishAll } from './bucket.ts';
import { ageDraft } from './card.ts';

const local = await emptyAws();

describe('The registry', () => {
  /** A registry of its own for each test. */
  let buckets = 0;
  async function registryWith(...versions: string[]) {
    const bucket = `models-${++buckets}`;
    await local.s3.createBucket({ Bucket: bucket });
    const registry = openRegistry({ client: local.s3, bucket });
    await publishAll(registry, local.folder, versions, ageDraft);
    return { bucket, registry };
  }

  const why = 'test';

  it('lists what was published, the newest first, with what each file is', async () => {
    const { registry } = await registryWith('first', 'second');
    assert.deepEqual(
      (await registry.list('age')).map(({ version }) => version),
      ['second', 'first'],
    );
    assert.deepEqual(await registry.list('gender'), []);
    const { files } = await registry.show('age', 'first');
    assert.deepEqual(files, {
      'model.onnx': {
        bytes: 13,
        sha256: '1944151a9e05524c7da10c39afd0921617a764bbc8af3271bc3614db78a44d8f',
      },
      'report.html': {
        bytes: 35,
        sha256: '0597471796907e1e5fc0d70ebed5ed79d4b2db29363c5b51e1c7dfd83293014d',
      },
    });
  });

  it('leaves out a version whose publication broke off', async () => {
    const { bucket, registry } = await registryWith('whole');
    await local.s3.putObject({ Bucket: bucket, Key: 'models/age/half/model.onnx', Body: 'network' });
    assert.deepEqual(
      (await registry.list('age')).map(({ version }) => version),
      ['whole'],
    );
    await assert.rejects(registry.promote('age', 'half', { why }), {
      name: 'RegistryError',
      code: 'missing',
    });
  });

  it('takes a version once, but not another network of that name', async () => {
    const { registry } = await registryWith('version');
    const draft = ageDraft('version');
    const again = await registry.publish(draft, await modelFiles(local.folder, draft.version));
    assert.equal(again.createdAt, '2026-01-01T00:00:00.000Z');
    const other = await modelFiles(local.folder, 'other');
    await assert.rejects(registry.publish(draft, other), { name: 'RegistryError', code: 'exists' });
  });

  it('has the network of the model layer in service until a version is promoted', async () => {
    const { registry } = await registryWith('first');
    assert.deepEqual(await registry.live('age'), { version: 'builtin' });
    await registry.promote('age', 'first', { why: 'better' });
    const live = await registry.live('age');
    assert.equal(live.version, 'first');
    assert.equal(live.pointer?.previous, 'builtin');
    assert.equal(live.pointer?.why, 'better');
    assert.equal((await registry.live('gender')).version, 'builtin');
  });

  it('recognises by the ETag that nothing has changed', async () => {
    const { registry } = await registryWith('first', 'second');
    await registry.promote('age', 'first', { why });
    const { etag } = await registry.live('age');
    assert.ok(etag);
    assert.equal(await registry.live('age', etag), undefined);
    await registry.promote('age', 'second', { why });
    assert.equal((await registry.live('age', etag))?.version, 'second');
  });

  it('changes nothing when a version is promoted that is in service', async () => {
    const { registry } = await registryWith('first');
    const pointer = await registry.promote('age', 'first', { why });
    assert.deepEqual(await registry.promote('age', 'first', { why: 'again', insteadOf: 'builtin' }), pointer);
  });

  it('goes back further with each rollback, and remembers every switch', async () => {
    const { registry } = await registryWith('first', 'second', 'third');
    for (const version of ['first', 'second', 'third']) await registry.promote('age', version, { why });
    const versions = ['third'];
    for (let times = 0; times < 3; times++) {
      versions.push((await registry.rollback('age', { why })).version);
    }
    assert.deepEqual(versions, ['third', 'second', 'first', 'builtin']);
    await assert.rejects(registry.rollback('age', { why }), {
      name: 'RegistryError',
      code: 'nothing-before',
    });
    const { pointer } = await registry.live('age');
    assert.deepEqual(
      pointer?.history.map(({ action, version }) => `${action} ${version}`),
      [
        'rollback builtin',
        'rollback first',
        'rollback second',
        'promote third',
        'promote second',
        'promote first',
      ],
    );
  });

  it('goes back to the version before even after a rollback and another promotion', async () => {
    const { registry } = await registryWith('first', 'second', 'third');
    await registry.promote('age', 'first', { why });
    await registry.promote('age', 'second', { why });
    await registry.rollback('age', { why });
    await registry.promote('age', 'third', { why });
    assert.equal((await registry.rollback('age', { why })).version, 'first');
  });

  it('goes back to a version that is named', async () => {
    const { registry } = await registryWith('first', 'second');
    await registry.promote('age', 'first', { why });
    await registry.promote('age', 'second', { why });
    assert.equal((await registry.rollback('age', { why }, 'builtin')).version, 'builtin');
    assert.equal((await registry.rollback('age', { why }, 'second')).version, 'second');
  });

  it('does not put a version into service whose file is another or missing', async () => {
    const { bucket, registry } = await registryWith('first', 'second');
    await registry.promote('age', 'first', { why });
    await local.s3.putObject({ Bucket: bucket, Key: 'models/age/second/model.onnx', Body: 'network SECOND' });
    await assert.rejects(registry.promote('age', 'second', { why }), {
      code: 'corrupt',
      message: /model\.onnx/,
    });
    await local.s3.deleteObject({ Bucket: bucket, Key: 'models/age/second/model.onnx' });
    await assert.rejects(registry.promote('age', 'second', { why }), { code: 'missing' });
    assert.equal((await registry.live('age')).version, 'first');
  });

  for (const inService of ['builtin', 'before']) {
    it(`lets exactly one of several win who promote at once, instead of ${inService}`, async () => {
      const versions = Array.from({ length: 8 }, (_, index) => `version-${index}`);
      const { registry } = await registryWith('before', ...versions);
      if (inService !== 'builtin') await registry.promote('age', inService, { why });
      const results = await Promise.allSettled(
        versions.map((version) => registry.promote('age', version, { why, insteadOf: inService })),
      );
      const winners = versions.filter((_, index) => results[index]?.status === 'fulfilled');
      assert.equal(winners.length, 1);
      for (const result of results) {
        if (result.status === 'rejected') assert.equal(result.reason.code, 'conflict');
      }
      const live = await registry.live('age');
      assert.equal(live.version, winners[0]);
      assert.equal(live.pointer?.previous, inService);
    });
  }

  it('refuses a promotion when another version is in service than it was compared with', async () => {
    const { registry } = await registryWith('first', 'second');
    await registry.promote('age', 'first', { why });
    await assert.rejects(registry.promote('age', 'second', { why, insteadOf: 'builtin' }), {
      code: 'conflict',
      message: /"builtin" to be in service still but it is "first" now/,
    });
  });

  it('wins when the answer to its own write was lost', async () => {
    const { bucket, registry } = await registryWith('first');
    const losing = new S3({ ...local.aws, forcePathStyle: true });
    let writes = 0;
    losing.middlewareStack.add(
      (next) => async (args) => {
        const isWrite = 'IfNoneMatch' in args.input && args.input.IfNoneMatch === '*';
        if (isWrite) writes += 1;
        const result = await next(args);
        if (isWrite)
          throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError', $metadata: {} });
        return result;
      },
      { step: 'deserialize', priority: 'high' },
    );
    const pointer = await openRegistry({ client: losing, bucket }).promote('age', 'first', { why });
    losing.destroy();
    // The second was refused.
    assert.equal(writes, 2);
    assert.deepEqual((await registry.live('age')).pointer, pointer);
  });

  it('downloads files as they were published', async () => {
    const { registry } = await registryWith('first');
    const place = path.join(local.folder, 'download');
    const card = await registry.download('age', 'first', place, ['model.onnx', 'report.html']);
    assert.equal(card.version, 'first');
    assert.equal(await readFile(path.join(place, 'model.onnx'), 'utf8'), 'network first');
    assert.deepEqual((await readdir(place)).sort(), ['model.onnx', 'report.html']);
    await assert.rejects(registry.download('age', 'first', place, ['weights.bin']), { code: 'missing' });
  });

  it('keeps frozen layers with what builds on them: both are checked, come together, and go together', async () => {
    const { bucket, registry } = await registryWith();
    const folder = await modelFiles(local.folder, 'head');
    await writeFile(path.join(folder, 'trunk.onnx'), 'frozen layers');
    const { files } = await registry.publish(ageDraft('head'), folder);
    assert.equal(files['trunk.onnx']?.bytes, 13);
    const place = path.join(local.folder, 'both');
    await registry.download('age', 'head', place);
    assert.deepEqual((await readdir(place)).sort(), ['model.onnx', 'trunk.onnx']);

    await writeFile(path.join(folder, 'trunk.onnx'), 'other layers');
    await assert.rejects(registry.publish(ageDraft('head'), folder), { code: 'exists' });
    const Key = 'models/age/head/trunk.onnx';
    await local.s3.putObject({ Bucket: bucket, Key, Body: 'FROZEN LAYERS' });
    await assert.rejects(registry.promote('age', 'head', { why }), {
      code: 'corrupt',
      message: /trunk\.onnx/,
    });
    await assert.rejects(registry.download('age', 'head', place), {
      code: 'corrupt',
      message: /trunk\.onnx/,
    });

    await registry.remove('age', 'head');
    assert.deepEqual((await local.s3.listObjectsV2({ Bucket: bucket })).Contents ?? [], []);
  });

  it('keeps the file that was there when what it downloads is wrong', async () => {
    const { bucket, registry } = await registryWith('first');
    const place = path.join(local.folder, 'kept');
    await registry.download('age', 'first', place);
    await local.s3.putObject({ Bucket: bucket, Key: 'models/age/first/model.onnx', Body: 'network FIRST' });
    await assert.rejects(registry.download('age', 'first', place), { code: 'corrupt' });
    assert.equal(await readFile(path.join(place, 'model.onnx'), 'utf8'), 'network first');
    assert.deepEqual(await readdir(place), ['model.onnx']);
  });

  it('says so when the pointer or a card is not what it wrote', async () => {
    const { bucket, registry } = await registryWith('first');
    await local.s3.putObject({ Bucket: bucket, Key: 'models/age/live.json', Body: '{"version":' });
    await assert.rejects(registry.live('age'), { code: 'corrupt', message: /models\/age\/live\.json/ });
    await local.s3.putObject({
      Bucket: bucket,
      Key: 'models/age/first/card.json',
      Body: '{"task":"age","output":"years"}',
    });
    await assert.rejects(registry.show('age', 'first'), { code: 'corrupt', message: /version/ });
  });

  it('publishes nothing without a network', async () => {
    const { registry } = await registryWith();
    await assert.rejects(registry.publish(ageDraft('first'), local.folder), {
      code: 'missing',
      message: /Expected model\.onnx in /,
    });
  });

  it('has no version of a name that would lead elsewhere', async () => {
    const { registry } = await registryWith();
    const draft = ageDraft('../gender/version');
    await assert.rejects(registry.publish(draft, await modelFiles(local.folder, 'first')), /version/);
    await assert.rejects(
      registry.publish(ageDraft('builtin'), await modelFiles(local.folder, 'first')),
      /builtin/,
    );
  });
});
