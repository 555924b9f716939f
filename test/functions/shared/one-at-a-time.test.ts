import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { oneAtATime } from '../../../functions/shared/one-at-a-time.ts';

test('work begins one after another, and not at all when its time is over', async () => {
  const alone = oneAtATime();
  const begun: number[] = [];
  let atWork = 0;
  const work = (number: number) => async () => {
    begun.push(number);
    assert.equal(++atWork, 1);
    await sleep(60);
    atWork -= 1;
    return number;
  };
  const [soon, late] = [new Date(Date.now() + 40), new Date(Date.now() + 10_000)];
  const ends = await Promise.allSettled([
    alone(soon, work(1)),
    alone(soon, work(2)),
    alone(soon, work(3)),
    alone(late, work(4)),
  ]);
  assert.deepEqual(begun, [1, 4]);
  assert.deepEqual(
    ends.map((end) => (end.status === 'fulfilled' ? end.value : end.reason.name)),
    [1, 'TimeoutError', 'TimeoutError', 4],
  );
});
