import assert from 'node:assert/strict';
import path from 'node:path';
import { it } from 'node:test';
import { findFiles } from '../../cli/files.ts';
import { waitForResults } from '../../cli/results.ts';
import { connectTo } from '../../cli/target.ts';
import { uploadPhotos } from '../../cli/uploads.ts';
import { testStack } from '../stack.ts';

it('turns a photo into an item with its faces', async () => {
  const target = connectTo(await testStack());
  const { files } = await findFiles([path.resolve(import.meta.dirname, '../../samples/lincoln.jpg')], '');
  const uploads = await uploadPhotos(target, files, { prefix: 'pipeline' });
  const [photo] = await waitForResults(target, uploads, { timeoutSeconds: 60 });
  assert.equal(photo?.status, 'done');
  assert.equal(photo.faces?.length, 1);
  assert.equal(photo.faces[0]?.gender?.gender, 'M');
});
