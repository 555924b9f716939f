import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { after, test } from 'node:test';
import { build } from 'esbuild';
import { execa } from 'execa';
import { BUNDLE, NATIVE } from '../../infra/code.ts';

const ROOT = path.resolve(import.meta.dirname, '..', '..');
/** Within the project, whose packages the bundles ask for. */
const folder = await mkdtemp(path.join(ROOT, '.build', 'start-'));
after(() => rm(folder, { recursive: true }));

/** All that any of the functions asks for; no service answers. */
const nowhere = 'http://127.0.0.1:9';
const env = {
  ...{ AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: nowhere, AWS_MAX_ATTEMPTS: '1' },
  ...{ AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
  ...{ TABLE_NAME: 'table', CHIP_BUCKET: 'chips', LABEL_BUCKET: 'labels', PHOTO_BUCKET: 'photos' },
  ...{ TRAINING_BUCKET: 'training', TRAINING_TABLE: 'trainings', KEY_TABLE: 'keys', EVENT_BUS_NAME: 'bus' },
  ...{ ATTRIBUTES: 'age', ESTIMATE_QUEUES: `age=${nowhere}`, QUEUE_URL: nowhere, MAXIMUM_TRIES: '4' },
  ...{ MINIMUM_CONFIDENCE: '0.35', MAXIMUM_FACES: '100', MAXIMUM_BYTES: '1000', MAXIMUM_PIXELS: '1000' },
  ...{ ITEM_DAYS: '90', UPLOAD_ORIGIN: 'https://example.com', VERSION: '1.0.0' },
  ...{ API_ACCESS: 'key', API_ADMINS: '', IDENTITY_RATE: '25', IDENTITY_QUOTA: '1000' },
};

for (const name of ['detect', 'estimate', 'api', 'training/prepare']) {
  test(`${name} starts where networks can't be loaded: whoever asks for them is told why`, async () => {
    const outfile = path.join(folder, `${path.basename(name)}.cjs`);
    await build({
      ...{ entryPoints: [path.join(ROOT, 'functions', name, 'handler.ts')], outfile },
      ...BUNDLE,
      external: NATIVE,
      alias: { '@facedrop/engine': path.join(import.meta.dirname, 'broken-engine.ts') },
    });
    // A rejection that nobody heard of would end the process, as it does in Lambda.
    const program = `require(${JSON.stringify(outfile)}); setTimeout(() => process.exit(0), 2000)`;
    const { exitCode, stderr } = await execa(process.execPath, ['-e', program], { env, reject: false });
    assert.equal(exitCode, 0, stderr);
  });
}
