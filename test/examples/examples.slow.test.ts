import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { CreateBucketCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import sharp from 'sharp';
import { z } from 'zod';
import { describeApi } from '../../clients/document.ts';
import { generatePackage, generatorPython } from '../../clients/python/generate.ts';
import { ROOT } from '../../support/packages.ts';
import { runCommand } from '../cli/commands.ts';
import { samples } from '../fixtures/index.ts';
import { Client } from '../functions/api/client.ts';

const EXAMPLES = path.join(ROOT, 'examples');
const LONGEST = 60;
const PHOTOS = [samples.hopper, samples.lincoln, samples.coffee];

const holder = await Client.create();
const env = { FACEDROP_URL: holder.url, FACEDROP_KEY: holder.key ?? '' };
let folder: string;
let album: string;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'facedrop-examples-'));
  album = path.join(folder, 'album');
  await mkdir(album);
  for (const photo of PHOTOS) await copyFile(photo, path.join(album, path.basename(photo)));
});
after(() => rm(folder, { recursive: true }));

const runExample = (name: string, args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  execa(process.execPath, [path.join(EXAMPLES, name), ...args], { cwd: ROOT, env: { ...env, ...more } });

const facesSchema = z.array(
  z.object({ file: z.string(), age: z.coerce.number(), gender: z.string(), score: z.coerce.number() }),
);

/** One face of each of two photos, in CSV. */
function assertFaces(csv: string): void {
  const rows: unknown[] = parse(csv, { columns: true });
  const faces = facesSchema.parse(rows);
  assert.deepEqual(
    faces.map(({ file }) => file),
    ['hopper.jpg', 'lincoln.jpg'],
  );
  const [hopper, lincoln] = faces;
  assert.ok(hopper && hopper.age > 60 && hopper.score < 40);
  assert.equal(lincoln?.gender, 'M');
}

describe('The examples', () => {
  it('are short', async () => {
    for (const name of await readdir(EXAMPLES)) {
      const lines = (await readFile(path.join(EXAMPLES, name), 'utf8')).trimEnd().split('\n').length;
      assert.ok(lines <= LONGEST, `Expected at most ${LONGEST} lines in ${name} but received ${lines}.`);
    }
  });

  it('label a folder with curl, and leave nothing behind', async () => {
    const { stdout } = await execa(path.join(EXAMPLES, 'label-folder.sh'), [album], { env });
    assertFaces(stdout);
    assert.deepEqual(JSON.parse((await holder.send('GET', 'photos')).bytes.toString()), { photos: [] });
  });

  it('label a folder in TypeScript', async () => {
    const file = path.join(folder, 'typescript.csv');
    await runExample('label-folder.ts', [album, file]);
    assertFaces(await readFile(file, 'utf8'));
  });

  it('label a folder in Python', async () => {
    const [client, file] = [path.join(folder, 'client'), path.join(folder, 'python.csv')];
    await generatePackage(await describeApi(), client);
    await execa(await generatorPython(), [path.join(EXAMPLES, 'label_folder.py'), album, file], {
      env: { ...env, PYTHONPATH: client },
    });
    assertFaces(await readFile(file, 'utf8'));
  });

  it('blur all faces', async () => {
    const blurred = path.join(folder, 'blurred');
    await runExample('blur-folder.ts', [album, blurred]);
    assert.deepEqual((await readdir(blurred)).toSorted(), (await readdir(album)).toSorted());
    const answer = await holder.sendPhoto(new Uint8Array(await readFile(path.join(blurred, 'lincoln.jpg'))));
    assert.deepEqual(JSON.parse(answer.bytes.toString()), { ismankind: false });
    const { width, height } = await sharp(samples.lincoln)
      .autoOrient()
      .toBuffer()
      .then((bytes) => sharp(bytes).metadata());
    const copy = await sharp(path.join(blurred, 'lincoln.jpg')).metadata();
    assert.deepEqual([copy.width, copy.height], [width, height]);
  });

  it('plot the ages of an album', async () => {
    const { stdout: csv } = await runCommand('drop', [album, '--csv', '--prefix', 'examples/']);
    const { stdout: svg } = await execa(process.execPath, [path.join(EXAMPLES, 'plot-ages.ts')], {
      input: csv,
    });
    const { format, width } = await sharp(Buffer.from(svg)).metadata();
    assert.deepEqual([format, width], ['svg', 720]);
    assert.equal(svg.match(/<rect/g)?.length, 2);
  });

  it('subscribe to results', async () => {
    const output = path.join(folder, 'subscriber');
    const context = JSON.stringify({ eventBus: holder.target.stack.eventBus });
    await runExample('subscriber.ts', [], { CDK_OUTDIR: output, CDK_CONTEXT_JSON: context });
    const template = templateSchema.parse(
      JSON.parse(await readFile(path.join(output, 'facedrop-subscriber.template.json'), 'utf8')),
    );
    const resources = Object.values(template.Resources);
    const rule = resources.find(({ Type }) => Type === 'AWS::Events::Rule');
    assert.equal(rule?.Properties.EventBusName, holder.target.stack.eventBus);
    const code =
      resources.find(({ Type }) => Type === 'AWS::Lambda::Function')?.Properties.Code?.ZipFile ?? '';
    const exports: { handler?: (event: unknown) => Promise<unknown> } = {};
    runInNewContext(code, { exports, console: { log: () => {} } });
    const detail = { photo: 'a.jpg', faces: [{ age: { years: 30 } }, { age: { years: 60 } }] };
    assert.deepEqual(
      { ...Object(await exports.handler?.({ detail })) },
      { photo: 'a.jpg', faces: 2, oldest: 60 },
    );
  });

  it('retrain from a bucket, with a key that may', async () => {
    const { s3, stack } = holder.target;
    await s3.send(new CreateBucketCommand({ Bucket: 'examples' }));
    for (const name of ['labels.csv', 'a b.jpg']) {
      await s3.send(
        new PutObjectCommand({ Bucket: 'examples', Key: `labelled/${name}`, Body: 'file,age\n' }),
      );
    }
    const { endpoint = '', region, credentials } = stack;
    const aws = {
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
      AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
    };
    // The key may not: a training would keep others from starting one.
    await assert.rejects(
      runExample('retrain.ts', ['examples', 'labelled/', 'example', 'age'], {
        ...aws,
        TRAINING_BUCKET: stack.trainingBucket,
      }),
      /Expected a key that may train/,
    );
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: stack.trainingBucket, Prefix: 'datasets/example/' }),
    );
    assert.deepEqual(
      Contents.map(({ Key }) => Key),
      ['datasets/example/a b.jpg', 'datasets/example/labels.csv'],
    );
  });
});

const templateSchema = z.object({
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Properties: z.looseObject({
        EventBusName: z.unknown().optional(),
        Code: z.object({ ZipFile: z.string().optional() }).optional(),
      }),
    }),
  ),
});
