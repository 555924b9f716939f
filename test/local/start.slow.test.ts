import assert from 'node:assert/strict';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { readPhotos } from '../../cli/results.ts';
import { connectTo } from '../../cli/target.ts';
import { type Photo, photoSchema } from '../../functions/shared/item.ts';
import { createTrainingId, draftOf, startSchema } from '../../functions/training/shared/training.ts';
import { Trainings } from '../../functions/training/shared/trainings.ts';
import { readLocalStack } from '../../local/stack.ts';
import { startLocalStack } from '../../local/start.ts';
import { runCommand, startCommand } from '../cli/commands.ts';
import { samples } from '../fixtures/index.ts';

const photosIn = (lines: string): Photo[] =>
  lines.split('\n').map((line) => photoSchema.parse(JSON.parse(line)));

describe('npm start', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-start-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('--once analyses the sample photos, prints their items and leaves nothing running', async () => {
    const { exitCode, stdout, stderr } = await runCommand('start', ['--once', '--json', '--folder', folder]);
    assert.equal(exitCode, 0, stderr);
    const faces = Object.fromEntries(photosIn(stdout).map(({ photo, faces = [] }) => [photo, faces.length]));
    assert.equal(faces['samples/lincoln.jpg'], 1);
    assert.equal(faces['samples/coffee.jpg'], 0);
    assert.ok(Number(faces['samples/oath.jpg']) > 1);
    assert.equal(await readLocalStack(folder), undefined);
    assert.match(stderr, /✓ Deploy the stack/);
  });

  it('--attributes all shows the expressions of the samples', async () => {
    const args = ['--once', '--folder', path.join(folder, 'all'), '--attributes', 'all'];
    const { exitCode, stdout, stderr } = await runCommand('start', args);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^Photo +Face +Box +Age +Gender +Expression +Smile .*Score +.*Qual +Time\n/);
    assert.match(stdout, / F \d+ % +happiness +\d+ % +\d+ % /);
    const { exitCode: wrong, stderr: why } = await runCommand('start', ['--attributes', 'mood']);
    assert.equal(wrong, 2);
    assert.match(why, /Expected attributes to be any of age, gender, expression, .* but received "mood"/);
  });

  it('keeps what was there, refuses to start twice, and ends everything when it is interrupted', async (t) => {
    const start = () => {
      const command = startCommand('start', ['--folder', folder]);
      t.after(() => command.kill());
      const printed: string[] = [];
      const lines = createInterface(command.stderr);
      lines.on('line', (line) => printed.push(line));
      const line = (start: string) =>
        new Promise<void>((resolve) => {
          lines.on('line', (line) => line.startsWith(start) && resolve());
        });
      return { command, printed, dropping: line('Dropping'), ready: line('Stop') };
    };
    const [one, other] = [start(), start()];
    const ended = [one, other].map(async (each) => {
      await each.command;
      return each;
    });
    const refused = await Promise.race(ended);
    const early = await refused.command;
    assert.equal(early.exitCode, 2);
    assert.match(early.stderr, /Expected no local stack to be starting but process \d+ starts one in/);
    const { command: running, printed, dropping, ready } = refused === one ? other : one;
    await dropping;
    const stack = await readLocalStack(folder);
    assert.ok(stack);
    assert.equal((await readPhotos(connectTo(stack), ['samples/lincoln.jpg'])).size, 1);

    const dropped = await runCommand('drop', [samples.coffee, '--json', '--folder', folder]);
    assert.equal(dropped.exitCode, 0, dropped.stderr);
    assert.ok(dropped.stderr.includes(stack.endpoint));

    const second = await runCommand('start', ['--folder', folder]);
    assert.equal(second.exitCode, 2);
    assert.match(second.stderr, /Expected no local stack to be running but process \d+ runs one at http/);

    const { dynamo } = connectTo(stack);
    const { id } = await new Trainings(dynamo, stack.trainingTable).create(
      draftOf({
        ...{ id: createTrainingId('age'), execution: 'none', maximum: { minutes: 1, dollars: 1 } },
        start: startSchema.parse({ task: 'age', data: 'none' }),
      }),
    );
    await ready;
    const [page = '', ...next] = printed.slice(printed.lastIndexOf('') + 1);
    assert.deepEqual(
      next.map((line) => line.split('  ')[0]),
      ['Drop more photos', 'Call the API', '', 'Stop'],
    );
    const [, , variables = '', request = ''] = [page, ...next].map((line) => line.slice(18));
    await copyFile(samples.lincoln, path.join(folder, 'photo.jpg'));
    const called = await execa('bash', ['-c', `${variables}\n${request}`], { cwd: folder });
    assert.equal(JSON.parse(called.stdout).gender, 'M');
    const address = page.split(' ').at(-1) ?? '';
    assert.match(await (await fetch(address)).text(), /Choose photos/);
    assert.ok(address.endsWith(`#key=${stack.apiKey}`));

    running.kill('SIGINT');
    const { stderr } = await running;
    assert.match(stderr, new RegExp(`Training ${id} ends with the stack; start it again`));
    assert.equal(await readLocalStack(folder), undefined);
    await assert.rejects(fetch(stack.endpoint));
  });

  it('--once does not end as if all were well when it is interrupted', async () => {
    const running = startCommand('start', ['--once', '--folder', folder]);
    for await (const line of createInterface(running.stderr)) if (line.startsWith('Dropping')) break;
    running.kill('SIGTERM');
    assert.equal((await running).exitCode, 130);
  });

  it('--fresh begins empty', async () => {
    const running = await startLocalStack({ folder, fresh: true });
    const { s3, stack } = connectTo(running.stack);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: stack.photoBucket }));
    await running.stop();
    assert.equal(Contents, undefined);
  });

  it('says what is wrong with the configuration before it starts anything', async () => {
    const { exitCode, stderr } = await runCommand('start', ['-c', 'maximumFaces=0', '--folder', folder]);
    assert.equal(exitCode, 2);
    assert.match(stderr, /^✗ Expected maximumFaces to be a whole number from 1 to 100 but received "0"/);
  });
});
