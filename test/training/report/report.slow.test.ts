import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { decide } from '../../../training/evaluation/decision.ts';
import { evaluate } from '../../../training/evaluation/evaluation.ts';
import { type PageOptions, renderReport } from '../../../training/report/page.ts';
import { describeData } from '../../../training/report/report.ts';
import { launchChromium } from '../../functions/api/page/chromium.ts';
import { PHONE } from '../../functions/api/page/visit.ts';
import { labelledFaces, withAges } from '../synthetic.ts';
import { reportOf } from './reports.ts';

const SCREENS: Readonly<Record<string, BrowserContextOptions>> = {
  'a phone': PHONE,
  'a phone, dark': { ...PHONE, colorScheme: 'dark' },
  'a desktop': { viewport: { width: 1280, height: 900 } },
  'a desktop, dark': { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
};

describe('The report', () => {
  const reports = { age: reportOf('age'), gender: reportOf('gender') };
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());

  /** Opens a report; nothing may be loaded, forbidden or fail on it. */
  async function open(
    t: TestContext,
    report: (typeof reports)['age'],
    { pictures, ...screen }: PageOptions & BrowserContextOptions = {},
  ): Promise<Page> {
    const context = await browser.newContext(screen);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => faults.push(message.text()));
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith('data:')) faults.push(`Request to ${request.url()}`);
    });
    t.after(async () => {
      await context.close();
      assert.deepEqual(faults, []);
    });
    await page.setContent(renderReport(report, pictures ? { pictures } : {}));
    return page;
  }

  for (const task of ['age', 'gender'] as const) {
    for (const [name, screen] of Object.entries(SCREENS)) {
      it(`of ${task} is accessible and fits ${name}`, async (t) => {
        const page = await open(t, reports[task], screen);
        await page.evaluate(axe.source);
        const violations = await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))',
        );
        assert.deepEqual(violations, []);
        const width = await page.evaluate('document.documentElement.scrollWidth');
        assert.equal(width, screen.viewport?.width);
      });
    }
  }

  it('says what was decided, and why', async (t) => {
    const page = await open(t, reports.age);
    const verdict = page.locator('.verdict');
    assert.equal(await verdict.getByRole('heading').textContent(), 'Does not replace the model in service');
    const reasons = await verdict.getByRole('listitem').allTextContents();
    assert.deepEqual(reasons, reports.age.decision?.reasons);
  });

  it('gives the measures of all faces and of each group in a table', async (t) => {
    const page = await open(t, reports.age);
    const rows = page.getByRole('region', { name: 'Measures for each group' }).getByRole('row');
    const { overall, groups } = reports.age.candidate.evaluation;
    assert.equal(await rows.count(), 2 + groups.length);
    const cells = await rows.nth(1).getByRole('cell').allTextContents();
    const percent = (share = 0) => (100 * share).toFixed(1);
    assert.deepEqual(cells, [
      '1,500',
      overall.meanAbsoluteError?.toFixed(2),
      percent(overall.exact),
      percent(overall.oneOff),
      percent(overall.exactInGroup),
      percent(overall.oneOffInGroup),
      percent(overall.covered),
      overall.width?.toFixed(2),
      percent(overall.minorsAsAdults),
      percent(overall.adultsAsMinors),
    ]);
  });

  it('shows the confusion matrix of both models in per cent of each label', async (t) => {
    const page = await open(t, reports.gender);
    const { name, version, evaluation } = reports.gender.candidate;
    const matrix = page.getByRole('region', { name: `Confusion matrix of ${name} ${version}` });
    const shown = (await matrix.getByRole('cell').allTextContents()).map(Number);
    const expected = evaluation.confusion.counts.flatMap((row) =>
      row.map((count) => (100 * count) / row.reduce((sum, value) => sum + value)),
    );
    for (const [index, value] of expected.entries()) assert.ok(Math.abs((shown[index] ?? 0) - value) <= 0.5);
    await page.getByRole('region', { name: /Confusion matrix of AgeGenderNet/ }).waitFor();
  });

  it('draws what is named, inside the picture', async (t) => {
    const page = await open(t, reports.age);
    const charts = page.getByRole('img');
    const names = await charts.evaluateAll((found) => found.map((chart) => chart.getAttribute('aria-label')));
    assert.deepEqual(names, [
      'Mean absolute error: this model minus the model in service, with the 95 % interval of a paired bootstrap. Less is better.',
      'Mean absolute error, years',
      'Mean absolute error and bias by labelled age',
      'Training and validation loss by step',
      'Right answers on validation faces, by step',
      'Faces by labelled age, and their splits',
    ]);
    // Every mark that has a place has it where it can be seen.
    const outside = await page.evaluate(`[...document.querySelectorAll('svg')].flatMap((svg) => {
      const frame = svg.closest('section').getBoundingClientRect();
      return [...svg.querySelectorAll(':is(path, rect, circle, text):not(marker *)')].filter((mark) => {
        const { left, right, top, bottom } = mark.getBoundingClientRect();
        return left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom;
      }).map((mark) => mark.outerHTML);
    })`);
    assert.deepEqual(outside, []);
    assert.equal((await page.content()).includes('NaN'), false);
  });

  it('shows faces only when it is given pictures, and says that they are biometric data', async (t) => {
    const worst = reports.age.candidate.evaluation.worst.map(({ face }) => face);
    const grey = await sharp({ create: { width: 112, height: 112, channels: 3, background: '#888' } })
      .jpeg()
      .toBuffer();
    const shown = await open(t, reports.age, { pictures: new Map(worst.map((face) => [face, grey])) });
    const widths = await shown
      .locator('.faces img')
      .evaluateAll((found) => found.map((image) => 'naturalWidth' in image && image.naturalWidth));
    assert.deepEqual(widths, new Array(worst.length).fill(112));
    assert.match((await shown.locator('footer').textContent()) ?? '', /This report shows faces.*biometric/);
    const hidden = await open(t, reports.age);
    assert.equal(await hidden.locator('img').count(), 0);
    assert.match((await hidden.locator('footer').textContent()) ?? '', /biometric data.*shows none/);
  });

  it('keeps names from the data set what they are: text', async (t) => {
    const evil = '<img src=x onerror=alert(1)>"&';
    const { candidate, data } = reports.age;
    const worst = candidate.evaluation.worst.map((face) => ({ ...face, face: evil }));
    const groups = [{ group: { column: evil, value: evil }, measures: candidate.evaluation.overall }];
    const page = await open(t, {
      ...reports.age,
      candidate: { ...candidate, evaluation: { ...candidate.evaluation, worst, groups } },
      data: { ...data, name: evil, groups: { [evil]: { [evil]: 3 } } },
      spec: { data: evil },
    });
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.locator('.faces span').first().textContent(), evil);
  });

  it('reports only age groups where labels are ranges of ages', async (t) => {
    const ranges = labelledFaces(200).map(({ age = 0, ...face }) => {
      const low = 10 * Math.floor(age / 10);
      return { ...face, age: low + 4.5, ageRange: { low, high: low + 9 } };
    });
    const [own, other] = [withAges(ranges, () => 3, 2), withAges(ranges, () => 20, 3)];
    const page = await open(t, {
      ...reports.age,
      candidate: { ...reports.age.candidate, evaluation: evaluate('age', own) },
      inService: { name: 'other', version: '1', evaluation: evaluate('age', other) },
      decision: decide('age', own, other),
    });
    assert.match((await page.locator('.verdict').textContent()) ?? '', /right age group \+\d/);
    assert.equal(await page.getByText('Mean absolute error').count(), 0);
    assert.match((await page.locator('.faces b').first().textContent()) ?? '', /labelled \d*0–\d*9$/);
    assert.equal(/NaN|Infinity|undefined/.test(await page.content()), false);
  });

  it('does without what is not known', async (t) => {
    const { task, createdAt, candidate } = reports.age;
    const data = describeData('empty', []);
    const page = await open(t, { task, createdAt, candidate, data });
    assert.equal(await page.getByRole('heading', { name: 'Learning' }).count(), 0);
    assert.equal(await page.locator('.verdict').count(), 0);
    assert.equal((await page.content()).includes('undefined'), false);
  });
});

describe('describeData', () => {
  it('counts faces by split, gender, age and column', () => {
    const face = (age: number, split: 'train' | 'test', gender?: 'F' | 'M', groups = {}) => ({
      age,
      split,
      groups,
      ...(gender && { gender }),
    });
    const faces = [
      face(20, 'train', 'F', { light: 'day' }),
      face(24, 'test', 'F', { light: 'night' }),
      face(25, 'train', 'M', { light: 'day' }),
      face(3, 'train'),
    ];
    assert.deepEqual(describeData('faces', faces, 'abc'), {
      name: 'faces',
      hash: 'abc',
      faces: { train: 3, validation: 0, test: 1 },
      classes: {
        gender: {
          F: { train: 1, validation: 0, test: 1 },
          M: { train: 1, validation: 0, test: 0 },
          '': { train: 1, validation: 0, test: 0 },
        },
      },
      numbers: {
        age: [
          { from: 0, faces: { train: 1, validation: 0, test: 0 } },
          { from: 20, faces: { train: 1, validation: 0, test: 1 } },
          { from: 25, faces: { train: 1, validation: 0, test: 0 } },
        ],
      },
      groups: { light: { day: 2, night: 1 } },
    });
  });
});
