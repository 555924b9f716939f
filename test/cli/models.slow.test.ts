import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { openRegistry } from '../../models/registry.ts';
import { emptyAws, publishAll } from '../models/bucket.ts';
import { ageDraft } from '../models/card.ts';
import { runCommand } from './commands.ts';
import { writeTrainingStack } from './training-stack.ts';

const verdict = { against: 'builtin', promote: true, reasons: ['Better by more than chance.'] };

const { aws, s3, folder } = await emptyAws();
const env = { FACEDROP_FOLDER: folder };
const registry = openRegistry({ client: s3, bucket: 'trainings' });

describe('npm run models', () => {
  before(async () => {
    await s3.createBucket({ Bucket: 'trainings' });
    await publishAll(registry, folder, ['first', 'second'], (version) => ageDraft(version, { verdict }));
    await writeTrainingStack(aws, folder, 'trainings');
  });

  const models = (...args: string[]) => runCommand('models', args, { env });

  it('lists versions, and what is in service', async () => {
    await registry.promote('age', 'first', { why: 'test' });
    const { stdout, stderr, exitCode } = await models('list', 'age');
    assert.equal(exitCode, 0);
    assert.match(stderr, /local stack/);
    assert.deepEqual(stdout.trimEnd().split('\n'), [
      '   age version  network             trained on     created               years off  exact %  one-off %  covered %',
      '   second       transfer            faces (8,000)  2026-01-02 00:00 UTC       4.80     66.0       98.0       80.0',
      '●  first        transfer            faces (8,000)  2026-01-01 00:00 UTC       4.80     66.0       98.0       80.0',
      '   builtin      of the model layer',
    ]);
  });

  it('lists both tasks as JSON lines', async () => {
    const { stdout } = await models('list', '--json');
    const lines = stdout.split('\n').map((line) => JSON.parse(line));
    assert.deepEqual(
      lines.map(({ task, version, live }) => ({ task, version, live })),
      [
        { task: 'age', version: 'second', live: false },
        { task: 'age', version: 'first', live: true },
      ],
    );
  });

  it('compares, promotes and says why', async () => {
    const { stdout, stderr, exitCode } = await models('promote', 'age', 'second', '--why', 'more data');
    assert.equal(exitCode, 0);
    assert.equal(stdout, 'age: second is in service instead of first.');
    assert.match(stderr, /Mean absolute error, years +4\.80 +4\.80/);
    assert.match(stderr, /Against builtin: Better by more than chance\./);
    assert.match(stderr, /second was not compared on the same faces with first, which is in service now/);
    assert.equal((await registry.live('age')).pointer?.why, 'more data');
  });

  it('shows the version in service and its history, and saves its report', async () => {
    const file = path.join(folder, 'report.html');
    const { stdout } = await models('show', 'age', '--report', file);
    assert.match(stdout, /^Model +age second\n/);
    assert.match(stdout, /model\.onnx +14 bytes, SHA-256 [0-9a-f]{64}/);
    assert.match(stdout, /second +promote +more data\n.* first +promote +test/);
    assert.equal(await readFile(file, 'utf8'), '<!doctype html><title>second</title>');
  });

  it('goes back to the version before, then to the network of the model layer, then no further', async () => {
    assert.equal((await models('rollback', 'age')).stdout, 'age: first is in service instead of second.');
    const { stdout } = await models('rollback', 'age', '--json');
    assert.deepEqual(JSON.parse(stdout), { task: 'age', version: 'builtin', before: 'first' });
    assert.match((await models('show', 'age')).stdout, /^The age model is the network of the model layer\./);
    const reported = await models('show', 'age', '--report', 'report.html');
    assert.equal(reported.exitCode, 2);
    assert.match(
      reported.stderr,
      /"builtin" has none\. Name one, .* newest: npm run models -- show age second --report report\.html --folder /m,
    );
    const untrained = await models('show', 'gender', '--report', 'report.html');
    assert.match(
      untrained.stderr,
      /Train a model first: npm run train -- --task gender --data NAME --folder /m,
    );
    const { exitCode, stderr } = await models('rollback', 'age');
    assert.equal(exitCode, 2);
    assert.match(stderr, /Expected another age model to go back to but "builtin" is in service already/);
  });

  it('goes back to a version that is named', async () => {
    await models('promote', 'age', 'first');
    await models('promote', 'age', 'second');
    const { stdout } = await models('rollback', 'age', 'builtin');
    assert.equal(stdout, 'age: builtin is in service instead of second.');
  });

  it('says what there is when something is asked for that is not', async () => {
    const missing = await models('promote', 'age', 'third');
    assert.equal(missing.exitCode, 2);
    assert.match(missing.stderr, /there is no "third"\. "npm run models -- list" lists them/);
    const task = await models('list', 'height');
    assert.equal(task.exitCode, 2);
    assert.match(task.stderr, /Allowed choices are age, gender/);
  });
});
