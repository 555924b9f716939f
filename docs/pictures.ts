import path from 'node:path';
import sharp from 'sharp';
import { complain } from '../cli/command.ts';
import { readLocalStack } from '../local/stack.ts';
import { launchChromium } from '../test/functions/api/page/chromium.ts';

/**
 * Draws the pictures of the documents: the page of the running local stack with sample photos.
 * Usage: npx node docs/pictures.ts [FOLDER], while "npm start" (-- --folder FOLDER) is running
 */

const SAMPLES = ['astronaut.jpg', 'oath.jpg'];
/** The results of the first photo, and the first ones of the second. */
const [WIDTH, HEIGHT] = [1100, 1580];
const FILE = path.join(import.meta.dirname, 'images', 'page.png');

async function draw(folder?: string): Promise<void> {
  const stack = await readLocalStack(folder);
  if (!stack) throw new Error('Expected a running local stack but there is none. Start it with "npm start".');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({
      locale: 'en-GB',
      colorScheme: 'light',
      viewport: { width: WIDTH, height: 900 },
    });
    await page.goto(`${stack.apiUrl}#key=${stack.apiKey}`);
    await page.locator('#file').setInputFiles(SAMPLES.map((name) => path.resolve('samples', name)));
    const photos = page.getByRole('article').and(page.locator('[aria-busy=false]'));
    for (let index = 0; index < SAMPLES.length; index += 1) {
      await photos.nth(index).waitFor({ timeout: 120_000 });
    }
    // The page has scrolled to its results; the picture is cut from the whole page.
    await page.evaluate("scrollTo({ top: 0, behavior: 'instant' })");
    const { y = 0 } = (await photos.first().boundingBox()) ?? {};
    const clip = { x: 0, y: y - 15, width: WIDTH, height: HEIGHT };
    const picture = await page.screenshot({ animations: 'disabled', fullPage: true, clip });
    // A palette makes it a third as large.
    await sharp(picture).png({ palette: true, quality: 90 }).toFile(FILE);
  } finally {
    await browser.close();
  }
}

await draw(process.argv[2]).catch((error: unknown) => {
  complain(error);
  process.exitCode = 1;
});
