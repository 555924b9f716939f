import { text } from 'node:stream/consumers';
import * as Plot from '@observablehq/plot';
import { parse } from 'csv-parse/sync';
import { parseHTML } from 'linkedom';
import { z } from 'zod';

/**
 * Draws how old the people of an album look: a histogram in SVG.
 * Usage: npm run --silent drop -- ALBUM --csv | npx node examples/plot-ages.ts > ages.svg
 */

const facesSchema = z.array(z.object({ age: z.coerce.number(), gender: z.string() }));

const rows: unknown[] = parse(await text(process.stdin), { columns: true });
// A photo without faces has one line, without an age.
const faces = facesSchema.parse(rows).filter(({ gender }) => gender !== '');

const { document } = parseHTML('<!doctype html><html><body></body></html>');
const chart = Plot.plot({
  document,
  title: undefined,
  width: 720,
  height: 360,
  x: { label: 'age, in years', domain: [0, 100] },
  y: { label: 'faces', grid: true },
  color: { domain: ['F', 'M'], range: ['#c2410c', '#1d4ed8'] },
  marks: [
    Plot.rectY(
      faces,
      Plot.binX<Plot.RectYOptions>({ y: 'count' }, { x: 'age', fill: 'gender', interval: 5 }),
    ),
    Plot.ruleY([0]),
  ],
});
chart.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
process.stdout.write(`${chart.outerHTML}\n`);
