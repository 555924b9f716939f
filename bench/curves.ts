import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseHTML } from 'linkedom';
import { attributeOf } from '../attributes/list.ts';
import { modelCardSchema, taskOf } from '../models/card.ts';
import { accuracyCurves, learningCurves, SERIES } from '../training/report/charts.ts';
import { SCHEME } from '../training/report/style.ts';
import { historySchema } from '../training/trainer/outcome.ts';

const USAGE = `Usage: node bench/curves.ts FILE.svg TRIAL…

Draws the learning curves of trials ("npm run trial -- … --out TRIAL") as a picture, a row for each.`;

/** Size of a chart, and of what stands around it, in pixels. */
const [WIDTH, HEIGHT, GAP, HEAD] = [320, 240, 24, 30];

async function readTrial(folder: string) {
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(path.join(folder, file), 'utf8'));
  return {
    card: modelCardSchema.parse(await read('card.json')),
    history: historySchema.parse(await read('history.json')),
  };
}

function drawTrial({ card, history }: Awaited<ReturnType<typeof readTrial>>, row: number): string {
  const { task, name } = card;
  const { learning } = attributeOf(taskOf(card));
  const top = GAP + row * (HEAD + HEIGHT + GAP);
  const charts = [
    {
      key: [`${name}, ${task}: training loss`, 'validation loss'],
      colours: [SERIES[0], SERIES[1]],
      chart: learningCurves(history, 'Loss by step'),
    },
    {
      key: [`validation: right ${learning.wording.one}, %`, ...(learning.ordered ? ['one-off'] : [])],
      colours: [SERIES[0], SERIES[2]],
      chart: accuracyCurves(history, learning, 'Validation faces answered correctly by step'),
    },
  ];
  return charts
    .map(({ key, colours, chart }, column) => {
      const left = GAP + column * (WIDTH + GAP);
      const spans = key.map(
        (text, index) => `<tspan fill="${colours[index]}">${index ? ' · ' : ''}${text}</tspan>`,
      );
      return `<text x="${left}" y="${top + 12}" font-size="13">${spans.join('')}</text>${place(chart.toString(), left, top + HEAD)}`;
    })
    .join('\n');
}

/** A chart's SVG, as a part of another. */
function place(svg: string, x: number, y: number): string {
  const { document } = parseHTML(svg);
  const chart = document.querySelector('svg');
  chart?.setAttribute('x', String(x));
  chart?.setAttribute('y', String(y));
  return chart?.outerHTML ?? '';
}

const [file, ...folders] = process.argv.slice(2);
if (file === undefined || folders.length === 0) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  const trials = await Promise.all(folders.map(readTrial));
  const title = `Learning curves of ${trials.map(({ card: { name, task } }) => `${name} for ${task}`).join(', ')}`;
  const rows = trials.map(drawTrial);
  const width = 2 * WIDTH + 3 * GAP;
  const height = GAP + rows.length * (HEAD + HEIGHT + GAP);
  await writeFile(
    file,
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${title}</title>
<style>${SCHEME}
svg { color: var(--ink); overflow: visible; }</style>
<rect width="100%" height="100%" rx="14" fill="var(--card)"/>
${rows.join('\n')}
</svg>
`,
  );
}
