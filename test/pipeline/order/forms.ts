import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { HeadObjectCommand, NotFound } from '@aws-sdk/client-s3';
import { PhotoStore } from '../../../functions/api/photo-store.ts';
import { ChipStore } from '../../../functions/shared/chip-store.ts';
import { Items } from '../../../functions/shared/items.ts';
import { Labels } from '../../../functions/shared/labels.ts';
import { Photos } from '../../../functions/shared/photos.ts';
import { post } from '../../functions/api/client.ts';
import { type Cases, OLD, type Script, YOUNG } from './script.ts';

const LIMITS = { contentType: 'image/jpeg', minimumBytes: 1, maximumBytes: 1_000_000 };

/** A form of the HTTP API's for one photo. */
async function giveForm(script: Script, name: string) {
  const { pipeline } = script;
  const { dynamo, s3, stack } = pipeline.target;
  const store = new PhotoStore(
    { client: dynamo, table: stack.table },
    { client: s3, bucket: stack.photoBucket },
    {
      items: new Items(dynamo, stack.table),
      photos: new Photos(s3, LIMITS.maximumBytes),
      chips: new ChipStore(s3, stack.chipBucket),
      labels: new Labels(s3, stack.labelBucket),
    },
  );
  const key = `api/owner/${name}`;
  const { upload } = await store.expect(key, LIMITS);
  return {
    key,
    /** Uploads with it. @returns the version's ETag */
    use: async (file: string) => {
      const bytes = await readFile(file);
      const { status } = await script.reported(key, () => post(upload, new Uint8Array(bytes)));
      assert.equal(status, 204);
      return createHash('md5').update(bytes).digest('hex');
    },
    erase: () => script.reported(key, () => store.erase(key)),
    lies: () =>
      s3.send(new HeadObjectCommand({ Bucket: stack.photoBucket, Key: key })).then(
        () => true,
        (error: unknown) => {
          if (error instanceof NotFound) return false;
          throw error;
        },
      ),
  };
}

/** Forms that are used more than once. */
export const forms: Cases = {
  'a form that is used again when all is done': async (script, name) => {
    const { key, use } = await giveForm(script, name);
    const etag = await use(OLD);
    await script.deliver(key, 1);
    await script.pipeline.settled(key);
    await use(YOUNG);
    await script.deliver(key, 2, 2);
    return () => script.assertResult(key, etag, OLD);
  },

  'a form that is used again before its photo is looked at': async (script, name) => {
    const { key, use } = await giveForm(script, name);
    await use(OLD);
    await use(YOUNG);
    await script.deliver(key, 1, 2);
    await script.pipeline.settled(key);
    await script.deliver(key, 1, 2);
    return async () => {
      const item = await script.pipeline.item(key);
      assert.equal(item?.status, 'failed');
      assert.match(item.failure?.message ?? '', /^Expected one upload with this form/);
      assert.equal(script.pipeline.announcements.about(key).length, 1);
    };
  },

  'a form that is used again, whose second event comes first': async (script, name) => {
    const { key, use } = await giveForm(script, name);
    await use(YOUNG);
    const etag = await use(OLD);
    await script.deliver(key, 2);
    await script.pipeline.settled(key);
    await script.deliver(key, 1);
    return () => script.assertResult(key, etag, OLD);
  },

  'a form that is used again with the same photo': async (script, name) => {
    const { key, use } = await giveForm(script, name);
    const etag = await use(OLD);
    await use(OLD);
    await script.deliver(key, 1, 2);
    return () => script.assertResult(key, etag, OLD);
  },

  'a form that is used when its photo has been erased': async (script, name) => {
    const { key, use, erase, lies } = await giveForm(script, name);
    await use(OLD);
    await script.deliver(key, 1);
    await script.pipeline.settled(key);
    await erase();
    await script.deliver(key, 2);
    await use(YOUNG);
    await script.deliver(key, 3);
    return async () => {
      assert.equal(await script.pipeline.item(key), undefined);
      assert.equal(await lies(), false);
      assert.equal(script.pipeline.announcements.about(key).length, 1);
    };
  },
};
