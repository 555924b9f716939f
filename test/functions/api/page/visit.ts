import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, type TestContext } from 'node:test';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import type { LocalStack } from '../../../../local/stack.ts';
import { samples } from '../../../fixtures/index.ts';
import { testStack } from '../../../stack.ts';
import { launchChromium, PATIENCE } from './chromium.ts';

export const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

export interface VisitOptions extends BrowserContextOptions {
  /** In the address; none: the user gives it. */
  readonly key?: string | undefined;
}

/** A browser, and the page of the test stack in it. */
export class Visitor {
  readonly stack: LocalStack;
  readonly #browser: Browser;

  private constructor(stack: LocalStack, browser: Browser) {
    this.stack = stack;
    this.#browser = browser;
  }

  static async start(): Promise<Visitor> {
    const folder = await mkdtemp(path.join(tmpdir(), 'film-'));
    const [stack, browser] = await Promise.all([
      testStack(),
      film(folder).then((path) => launchChromium({ film: path })),
    ]);
    after(async () => {
      await browser.close();
      await rm(folder, { recursive: true });
    });
    return new Visitor(stack, browser);
  }

  /**
   * Opens the page as a new user does. When the test ends nothing may have been loaded from other hosts,
   * forbidden by the page's own policy, or failed in its script.
   */
  async visit(t: TestContext, options: VisitOptions = {}): Promise<Page> {
    const { key = this.stack.apiKey, ...contextOptions } = options;
    const context = await this.#browser.newContext({ locale: 'en-GB', ...contextOptions });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const faults: string[] = [];
    const { origin } = new URL(this.stack.apiUrl);
    page.on('pageerror', (error) => faults.push(String(error)));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) faults.push(message.text());
    });
    page.on('request', (request) => {
      const { protocol, origin: asked } = new URL(request.url());
      if (protocol.startsWith('http') && asked !== origin) faults.push(`Request to ${request.url()}`);
    });
    // Choosers are intercepted from the first listener on, which takes a moment.
    page.on('filechooser', () => {});
    t.after(async () => {
      await context.close();
      assert.deepEqual(faults, []);
    });
    await page.goto(`${this.stack.apiUrl}${key && `#key=${key}`}`);
    return page;
  }
}

type Files = Parameters<Locator['setInputFiles']>[0];

/** Chooses photos with the button of the page. */
export async function choose(page: Page, files: Files): Promise<void> {
  const choosing = page.waitForEvent('filechooser');
  await page.getByText(/^(Choose photos|选择照片)$/).click();
  await (await choosing).setFiles(files);
}

/** A photo on the page, once the service has answered. */
export async function answered(page: Page, name: string | RegExp): Promise<Locator> {
  const photo = page.getByRole('article', { name });
  await photo.and(page.locator('[aria-busy=false]')).waitFor();
  return photo;
}

/** What has the focus. */
export const nameOfFocused = (page: Page): Promise<unknown> =>
  page.evaluate('document.activeElement.ariaLabel ?? document.activeElement.id');

/** Presses the Tab key until what is called so has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab');
    if ((await nameOfFocused(page)) === name) return;
  }
  assert.fail(`Expected to come to ${name} with the Tab key`);
}

/** As a person reads them: in one line, with single spaces. */
export async function words(element: Locator): Promise<string> {
  await element.waitFor({ state: 'attached' });
  return (await element.allInnerTexts()).join(' ').replace(/\s+/g, ' ').trim();
}

export async function bounds(element: Locator) {
  const box = await element.boundingBox();
  assert.ok(box);
  return box;
}

/** Checks that nothing on the page is wider than the screen. */
export async function fits(page: Page): Promise<void> {
  const [content, screen] = (await page.evaluate(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  )) as [number, number];
  assert.ok(content <= screen, `Expected nothing wider than ${screen} px but received ${content} px`);
}

/** What axe finds wrong with the page, which has to let its script in: `bypassCSP`. */
export async function barriers(page: Page): Promise<string[]> {
  const axe = await readFile(new URL(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
  await page.addScriptTag({ content: axe });
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact} ${id}: ${html} ${failureSummary}`),
  );
}

/** What the camera sees: one woman's face. */
async function film(folder: string): Promise<string> {
  const file = path.join(folder, 'film.mjpeg');
  const frame = await sharp(samples.astronaut).resize(640, 480, { position: 'top' }).jpeg().toBuffer();
  await writeFile(file, Buffer.concat([frame, frame]));
  return file;
}
