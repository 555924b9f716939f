import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { execa } from 'execa';
import { describeApi } from '../../clients/document.ts';
import { createClient } from '../../clients/typescript/client.ts';
import { generateTypes, TYPES } from '../../clients/typescript/generate.ts';
import { ROOT } from '../../support/packages.ts';
import { samples } from '../fixtures/index.ts';
import { Client } from '../functions/api/client.ts';
import { exampleOf } from './readme.ts';

const holder = await Client.create();
const options = { url: holder.target.stack.apiUrl, key: holder.key ?? '' };

describe('The types of the TypeScript client', () => {
  it('are those of the OpenAPI document', async () => {
    const types = await generateTypes(await describeApi());
    assert.equal(await readFile(TYPES, 'utf8'), types, 'Run npm run clients and commit what it changes.');
  });
});

describe('The TypeScript client', () => {
  it('does what its README shows', async () => {
    const example = await exampleOf(path.join(path.dirname(TYPES), 'README.md'), 'ts');
    const parent = path.join(ROOT, '.build');
    await mkdir(parent, { recursive: true });
    const folder = await mkdtemp(path.join(parent, 'example-'));
    try {
      const file = path.join(folder, 'example.ts');
      await writeFile(file, example);
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024', '--types', 'node'];
      const { stdout: faults } = await execa('tsc', [...flags, '--ignoreConfig', file], {
        cwd: ROOT,
        preferLocal: true,
        reject: false,
      });
      assert.equal(faults, '');
      const { stdout } = await execa(process.execPath, [file], {
        cwd: ROOT,
        env: { FACEDROP_URL: options.url, FACEDROP_KEY: options.key },
      });
      assert.match(stdout, /^\(\d+, \d+\) [FM]\n[\d.]+\n77\n\[ true \]$/);
      assert.deepEqual((await createClient(options).GET('/photos')).data, { photos: [] });
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('sends photos in every way that the API takes them', async () => {
    const client = createClient(options);
    const bytes = await readFile(samples.hopper);
    const file = new Blob([bytes], { type: 'image/jpeg' });
    for (const body of [file, { file }, { image: bytes.toString('base64') }]) {
      const { data, error } = await client.POST('/predict', { body });
      assert.equal(error, undefined);
      assert.ok(data?.ismankind);
      assert.equal(data.age, '(60, 100)');
      assert.equal(data.faces[0]?.landmarks?.length, 5);
    }
    const { data } = await client.POST('/predict', { body: new Blob([await readFile(samples.coffee)]) });
    assert.deepEqual(data, { ismankind: false });
  });

  it('reads images', async () => {
    const id = await holder.upload(new Uint8Array(await readFile(samples.hopper)));
    await holder.result(id);
    const { data } = await createClient(options).GET('/photos/{id}/image', {
      params: { path: { id }, query: { variant: 'blurred' } },
      parseAs: 'blob',
    });
    assert.equal(data?.type, 'image/jpeg');
  });

  it('answers with the problem document when the key is wrong', async () => {
    const client = createClient({ ...options, key: `fd_${'A'.repeat(43)}` });
    const { data, error, response } = await client.GET('/photos');
    assert.equal(data, undefined);
    assert.equal(response.status, 401);
    assert.equal(error?.type, 'urn:facedrop:problem:wrong-key');
    assert.match(error.detail, /^Expected .+\.$/);
  });
});
