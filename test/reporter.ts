import path from 'node:path';
import { Readable } from 'node:stream';
import { spec as Spec, type TestEvent } from 'node:test/reporters';

const SLOWEST = 10;

interface Case {
  readonly name: string;
  readonly file: string;
  readonly milliseconds: number;
}

/** Node's own report, then the slowest tests, and one line that counts. */
export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const cases: Case[] = [];
  let closing = '';
  async function* watched() {
    for await (const event of events) {
      if (event.type === 'test:pass' || event.type === 'test:fail') {
        const { name, file = '', details } = event.data;
        if (details.type !== 'suite') cases.push({ name, file, milliseconds: details.duration_ms });
      } else if (event.type === 'test:summary' && event.data.file === undefined) {
        const { tests, passed, skipped, todo } = event.data.counts;
        // What was cancelled because it took too long, or its file ended, counts as well.
        const failed = tests - passed - skipped - todo;
        closing = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`;
      }
      yield event;
    }
  }
  for await (const text of Readable.from(watched()).pipe(new Spec())) yield String(text);
  yield `\nThe slowest tests\n${slowest(cases).map(describe).join('\n')}\n\n${closing}`;
}

const slowest = (cases: readonly Case[]): Case[] =>
  cases.toSorted((one, other) => other.milliseconds - one.milliseconds).slice(0, SLOWEST);

function describe({ name, file, milliseconds }: Case): string {
  return `${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${name} (${path.relative('', file)})`;
}
