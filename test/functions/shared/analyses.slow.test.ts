import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { connectTo } from '../../../cli/target.ts';
import { Analyses } from '../../../functions/shared/analyses.ts';
import { Announcer } from '../../../functions/shared/announcer.ts';
import { ChipStore } from '../../../functions/shared/chip-store.ts';
import { comparableSequencer, type PhotoEvent } from '../../../functions/shared/event.ts';
import { Items } from '../../../functions/shared/items.ts';
import { Photos } from '../../../functions/shared/photos.ts';
import { testStack } from '../../stack.ts';

const DAY = 86_400_000;

const stack = await testStack();
const { dynamo, s3 } = connectTo(stack);
const items = new Items(dynamo, stack.table);
const chips = new ChipStore(s3, stack.chipBucket);
const announcer = new Announcer(new EventBridgeClient(stack), stack.eventBus, items, new Metrics());
const analyses = new Analyses({ items, photos: new Photos(s3, 0), chips }, announcer, 1);

const uploaded = (name: string, days: number): PhotoEvent => {
  const at = new Date(Date.now() - days * DAY).toISOString();
  return {
    kind: 'created',
    bucket: stack.photoBucket,
    key: `api/owner/analyses-${process.pid}-${name}`,
    at,
    uploadedAt: at,
    etag: 'd41d8cd98f00b204e9800998ecf8427e',
    sequencer: comparableSequencer('0055AED6DCD90281E5'),
    byForm: true,
    analysis: '0123456789abcdef0123456789abcdef',
    notification: '{}',
  };
};

test('a photo whose item is missing was erased, unless its item may have expired', async () => {
  assert.equal(await analyses.begin(uploaded('erased', 0.9)), undefined);
  assert.equal((await analyses.begin(uploaded('expired', 1.1)))?.status, 'pending');
});
