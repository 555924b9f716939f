import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace, parseRate } from '../../cli/rate.ts';

test('parses rates per second, minute and hour', () => {
  assert.equal(parseRate('20'), 20);
  assert.equal(parseRate('0.5/s'), 0.5);
  assert.equal(parseRate('90/min'), 1.5);
  assert.equal(parseRate('1800 / h'), 0.5);
});

test('refuses what is no rate', () => {
  for (const text of ['', '0', '-1', '1e3', '10/day', 'fast', 'Infinity', '/s']) {
    assert.throws(() => parseRate(text), /Expected a rate such as/, text);
  }
});

test('refuses rates that no timer or pipeline keeps', () => {
  assert.equal(parseRate('1/h'), 1 / 3600);
  assert.equal(parseRate('1000/s'), 1000);
  for (const text of ['0.9/h', '0.001/min', '1001/s', '60001/min', '99999999999999']) {
    assert.throws(() => parseRate(text), /from 1\/h to 1000\/s/, text);
  }
});

test('spaces work out', async () => {
  const pace = new Pace(100);
  const { signal } = new AbortController();
  const start = performance.now();
  for (let i = 0; i < 4; i += 1) await pace.take(5, signal);
  // Twenty pieces of work, of which the last five may begin after those before them.
  assert.ok(performance.now() - start >= 148, `${performance.now() - start} ms`);
});

test('does not catch up with what is late', async () => {
  const pace = new Pace(100);
  const { signal } = new AbortController();
  await pace.take(1, signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const start = performance.now();
  for (let i = 0; i < 4; i += 1) await pace.take(1, signal);
  assert.ok(performance.now() - start >= 28, `${performance.now() - start} ms`);
});

test('stops waiting when it is told to', async () => {
  const pace = new Pace(0.001);
  const { signal } = new AbortController();
  await pace.take(1, signal);
  await assert.rejects(pace.take(1, AbortSignal.timeout(10)), { name: 'AbortError' });
});
