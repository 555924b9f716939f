import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { z } from 'zod';
import { connectTo } from '../../../cli/target.ts';
import { Announcer } from '../../../functions/shared/announcer.ts';
import { comparableSequencer, type PhotoEvent } from '../../../functions/shared/event.ts';
import { type Findings, Items } from '../../../functions/shared/items.ts';
import { Mailbox } from '../../pipeline/mailbox.ts';
import { testStack } from '../../stack.ts';

const letterSchema = z.object({
  'detail-type': z.string(),
  detail: z.object({ photo: z.string(), analysis: z.string(), announcement: z.string() }),
});
type Letter = z.infer<typeof letterSchema>;

const stack = await testStack();
const { dynamo, sqs } = connectTo(stack);
const name = `announcer-${process.pid}`;
const items = new Items(dynamo, stack.table);
let events: EventBridge;
let mailbox: Mailbox<Letter>;

before(async () => {
  events = new EventBridge(stack);
  mailbox = await Mailbox.open(sqs, name, {
    read: (body) => {
      const letter = letterSchema.parse(JSON.parse(body));
      return { photo: letter.detail.photo, letter };
    },
  });
  const rule = { EventBusName: stack.eventBus, Name: name };
  const EventPattern = JSON.stringify({ source: ['facedrop'], detail: { photo: [{ prefix: name }] } });
  await events.putRule({ ...rule, EventPattern });
  await events.putTargets({
    EventBusName: stack.eventBus,
    Rule: name,
    Targets: [{ Id: 'mailbox', Arn: mailbox.arn }],
  });
});
after(async () => {
  await events.removeTargets({ EventBusName: stack.eventBus, Rule: name, Ids: ['mailbox'] });
  await events.deleteRule({ EventBusName: stack.eventBus, Name: name });
  await mailbox.close();
});

const announcerOn = (bus: EventBridge) => new Announcer(bus, stack.eventBus, items, new Metrics());

const expiresAt = Math.floor(Date.now() / 1000) + 3600;
const soon = () => new Date(Date.now() + 60_000);
const GIVEN_UP = { code: 'gave-up', message: 'Gave up after 4 tries: the function ran out of time' } as const;

const eventOf = (key: string): PhotoEvent => ({
  kind: 'created',
  bucket: 'photos',
  key,
  at: new Date().toISOString(),
  uploadedAt: new Date().toISOString(),
  etag: 'd41d8cd98f00b204e9800998ecf8427e',
  sequencer: comparableSequencer('0055AED6DCD90281E5'),
  byForm: false,
  analysis: '0123456789abcdef0123456789abcdef',
  notification: '{}',
});

const NO_FACES: Findings = {
  bytes: 1000,
  format: 'JPEG',
  width: 100,
  height: 100,
  detector: { name: 'detector', version: '1' },
  faces: [],
  facesFound: 0,
};

const told = (photo: string) => mailbox.about(photo).map((letter) => letter['detail-type']);

test('what follows a failure differs from it, though it is the same analysis', async () => {
  const event = eventOf(`${name}/redriven`);
  const { key, analysis } = event;
  const announcer = announcerOn(events);
  await items.begin(event, expiresAt);
  const failed = await items.fail(key, analysis, GIVEN_UP, soon());
  await announcer.settle(failed.item, failed.completed, soon());
  await items.begin(event, expiresAt);
  const found = await items.found(key, analysis, NO_FACES, ['age'], soon());
  await announcer.settle(found.item, found.completed, soon());

  const [first, second] = [await mailbox.next(key, 1), await mailbox.next(key, 2)];
  assert.deepEqual(told(key), ['Photo failed', 'Photo analysed']);
  assert.equal(first.detail.analysis, second.detail.analysis);
  assert.equal(first.detail.announcement, `${analysis}-1`);
  assert.equal(second.detail.announcement, `${analysis}-2`);
});

test('a failure that is still being announced hides no result of the next attempt', async () => {
  const event = eventOf(`${name}/interleaved`);
  const { key, analysis } = event;
  await items.begin(event, expiresAt);
  const failed = await items.fail(key, analysis, GIVEN_UP, soon());

  // The failure's announcement is out, but its answer does not come for long.
  const [sent, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = new EventBridge(stack);
  slow.middlewareStack.add(
    (next) => async (input) => {
      const output = await next(input);
      sent.resolve();
      await answer.promise;
      return output;
    },
    { step: 'initialize' },
  );
  const settling = announcerOn(slow).settle(failed.item, failed.completed, soon());
  await sent.promise;
  await items.begin(event, expiresAt);
  answer.resolve();
  await settling;
  assert.equal((await items.get(key))?.announcedAt, undefined);

  const found = await items.found(key, analysis, NO_FACES, ['age'], soon());
  await announcerOn(events).settle(found.item, found.completed, soon());
  await mailbox.next(key, 2);
  assert.deepEqual(told(key), ['Photo failed', 'Photo analysed']);
  const item = await items.get(key);
  assert.equal(item?.status, 'done');
  assert.ok(item.announcedAt);
});

test('who looked at an item before it began again neither takes its announcement over nor notes one', async () => {
  const event = eventOf(`${name}/stale`);
  const { key, analysis } = event;
  await items.begin(event, expiresAt);
  const { item: stale } = await items.fail(key, analysis, GIVEN_UP, new Date(Date.now() - 1));
  assert.ok(stale);
  await items.begin(event, expiresAt);
  const { item: fresh } = await items.found(key, analysis, NO_FACES, ['age'], new Date(Date.now() - 1));
  assert.ok(fresh);
  assert.equal(await items.takeOver(stale, soon()), undefined);
  await items.announced(stale);
  assert.equal((await items.get(key))?.announcedAt, undefined);
  const taken = await items.takeOver(fresh, soon());
  assert.equal(taken?.attempt, 2);
  assert.equal(await items.takeOver(fresh, soon()), undefined);
  await items.announced(fresh);
  assert.equal((await items.get(key))?.announcedAt, undefined);
  await items.announced(taken);
  assert.ok((await items.get(key))?.announcedAt);
});
