import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { expression } from '../../../../attributes/expression/attribute.ts';
import { looks } from '../../../../attributes/looks/attribute.ts';
import { buildPage } from '../../../../functions/api/page/build.ts';
import { faceCard } from '../../../../functions/api/page/face-card.ts';
import { faceAnswerSchema } from '../../../../functions/api/schemas.ts';
import { face } from '../../../cli/photos.ts';
import { launchChromium } from './chromium.ts';
import { bounds } from './visit.ts';

const model = { name: 'test', version: '1' };
const shown = expression.read([0.3, 0.3, 0.1, 0.1, 0.1, 0.05, 0.03, 0.02], { output: 'expression' }, model);
const several = { ...face(), ...shown, ...looks.blend.mix({ ...face(), ...shown }) };

describe('the bars of a face’s card', () => {
  let browser: Browser;
  let style = '';
  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-page-'));
    await buildPage(folder);
    const assets = path.join(folder, 'assets');
    const name = (await readdir(assets)).find((file) => file.endsWith('.css')) ?? '';
    style = await readFile(path.join(assets, name), 'utf8');
    await rm(folder, { recursive: true });
    browser = await launchChromium();
  });
  after(() => browser.close());

  async function show(estimated: object): Promise<Page> {
    const options = { language: 'en', photo: 'p', correctable: false, pictured: false } as const;
    const card = faceCard(faceAnswerSchema.parse(estimated), 0, options);
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } });
    await page.setContent(
      `<style>${style}</style><article class="card photo"><div class="faces"><ol>${card}</ol></div>`,
    );
    return page;
  }

  it('say what they are of where there are several groups, whose columns stand below each other', async () => {
    const page = await show(several);
    assert.deepEqual(await page.getByRole('heading', { level: 4 }).allTextContents(), [
      'Expression',
      'Looks',
      'Picture',
    ]);
    const columns = new Set<number>();
    for (const bar of await page.locator('.bars > div').all()) columns.add(Math.round((await bounds(bar)).x));
    assert.equal(columns.size, 4, [...columns].join());
    const wide =
      "[...document.querySelectorAll('.bars dt')].filter((node) => node.scrollWidth > node.clientWidth).length";
    assert.equal(await page.evaluate(wide), 0, 'every word has room in its column');
  });

  it('need no title where the quality of the picture is all there is', async () => {
    const page = await show(face());
    assert.equal(await page.getByRole('heading', { level: 4 }).count(), 0);
    assert.ok(await page.getByText('Quality', { exact: true }).isVisible());
  });
});
