import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { html } from '../../../support/markup.ts';
import { dictionary, LANGUAGES, TAGS } from './dictionary.ts';

const SOURCE = import.meta.dirname;

/**
 * Builds the page into a folder: `index.<language>.html`, and under `assets` what it loads, named after its
 * contents.
 */
export async function buildPage(folder: string): Promise<void> {
  const assets = path.join(folder, 'assets');
  await rm(folder, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });

  const { outputFiles } = await bundlePage();
  const addresses: Record<string, string> = {};
  const keep = async (file: string, contents: Uint8Array) => {
    const { name, ext } = path.parse(file);
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
    const address = `assets/${name}-${hash}${ext}`;
    addresses[name] = address;
    await writeFile(path.join(folder, address), contents);
  };
  for (const { path: file, contents } of outputFiles) await keep(file, contents);
  await keep('icon.svg', await readFile(path.join(SOURCE, 'icon.svg')));

  const template = await readFile(path.join(SOURCE, 'index.html'), 'utf8');
  for (const language of LANGUAGES) {
    const other = language === 'en' ? 'zh' : 'en';
    const document = fill(template, {
      ...dictionary[language],
      ...addresses,
      language,
      other,
      otherTag: TAGS[other],
      answer: '{answer}',
    }).replace('<html lang="en">', `<html lang="${TAGS[language]}">`);
    await writeFile(path.join(folder, `index.${language}.html`), document);
  }
}

/** Script and style of the page, each in one file. */
export const bundlePage = () =>
  build({
    entryPoints: { script: path.join(SOURCE, 'browser', 'main.ts'), style: path.join(SOURCE, 'page.css') },
    outdir: SOURCE,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    charset: 'utf8',
    target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
    tsconfig: path.join(SOURCE, 'browser', 'tsconfig.json'),
    logLevel: 'warning',
  });

/** Puts values in for the names in braces. */
function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (typeof value === 'string') return html`${value}`.toString();
    throw new Error(`Expected index.html to name a text of the dictionary but received ${placeholder}.`);
  });
}
