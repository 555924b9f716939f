import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { samples } from '../../../fixtures/index.ts';
import { answered, choose, fits, PHONE, Visitor, words } from './visit.ts';

const visitor = await Visitor.start();

/** What the cards of all faces say at a title, in the order of the contact sheet. */
async function valuesOf(page: Page, title: string): Promise<number[]> {
  const cards = await page
    .locator('#sheet a')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  return Promise.all(
    cards.map(async (card) => {
      const term = page.locator(`${card} dl > div`).filter({ hasText: title });
      return Number.parseInt(await words(term.locator('dd strong')), 10);
    }),
  );
}

/** Numbers from the highest to the lowest. */
const descending = (values: readonly number[]) => values.toSorted((one, other) => other - one);

test('shows the faces of several photos side by side, sorted by what the user chooses', async (t) => {
  const page = await visitor.visit(t);
  await choose(page, samples.astronaut);
  await answered(page, 'astronaut.jpg');
  assert.equal(await page.getByText('Contact sheet').isVisible(), false, 'One photo needs none');
  await choose(page, [samples.oath, samples.coffee]);
  const oath = await answered(page, 'oath.jpg');
  await answered(page, 'coffee.jpg');
  const count = (await oath.locator('li.face').count()) + 1;

  await page.getByText('Contact sheet').click();
  const faces = page.locator('#sheet li');
  await faces.first().waitFor();
  assert.equal(await faces.count(), count);
  assert.match(
    await words(faces.filter({ hasText: 'astronaut.jpg' })),
    /^Face 1 female, about \d\d years astronaut\.jpg$/,
  );
  const detections = await valuesOf(page, 'Detection');
  assert.deepEqual(detections, descending(detections));
  for (const title of ['Score', 'Quality']) {
    await page.getByLabel('Sort by').selectOption(title);
    const values = await valuesOf(page, title);
    assert.deepEqual(values, descending(values));
    assert.notDeepEqual(await valuesOf(page, 'Detection'), detections);
  }
  await page.getByLabel('Sort by').selectOption('Order of the photos');
  assert.match(await words(faces.last()), /astronaut\.jpg$/, 'Newest first');

  // What comes later joins it, and what is removed leaves it.
  await choose(page, samples.hopper);
  await answered(page, 'hopper.jpg');
  await faces.filter({ hasText: 'hopper.jpg' }).waitFor();
  await page.getByRole('button', { name: 'Remove oath.jpg' }).click();
  assert.equal(await faces.count(), 2);

  await page.locator('#language').click();
  await page.getByText('人脸一览').waitFor();
  assert.match(await words(page.locator('#sheet')), /人脸一览 排序方式 .*人脸 1 .*，约 \d\d 岁 hopper\.jpg/);
});

test('can be used by keyboard alone, on a phone, too', async (t) => {
  for (const options of [{}, PHONE]) {
    const page = await visitor.visit(t, options);
    await choose(page, [samples.hopper, samples.astronaut]);
    await answered(page, 'astronaut.jpg');
    await page.locator('#sheet summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('#sheet li').first().waitFor();
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'sheet-order');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    const target = await page.evaluate('document.activeElement.hash');
    await fits(page);
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate("'#' + document.activeElement.id"), target);
    assert.match(String(target), /^#photo-\d-face-1$/);
  }
});
