import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { html, type Markup } from '../../../support/markup.ts';
import './chinese.ts';
import { dictionary, LANGUAGES, TAGS } from './dictionary.ts';

const SOURCE = import.meta.dirname;

/**
 * Builds the page into a folder: `index.<language>.html`, and in `assets` what it loads, each file named after its
 * contents.
 */
export async function buildPage(folder: string): Promise<void> {
  const assets = path.join(folder, 'assets');
  await rm(folder, { recursive: true, force: true });
  await mkdir(assets, { recursive: true });

  const { outputFiles, metafile } = await bundlePage();
  const addresses: Record<string, string> = {};
  const keep = async (name: string, file: string, contents: Uint8Array) => {
    addresses[name] = `assets/${file}`;
    await writeFile(path.join(assets, file), contents);
  };
  for (const { path: file, contents } of outputFiles) {
    const { base, name } = path.parse(file);
    // Scripts load each other by these names.
    await keep(name.slice(0, name.lastIndexOf('-')), base, contents);
  }
  for (const file of ['icon.svg', 'example-photo.jpg']) {
    const { name, ext } = path.parse(file);
    const contents = await readFile(path.join(SOURCE, file));
    const hash = createHash('sha256').update(contents).digest('hex').slice(0, 12);
    await keep(name, `${name}-${hash}${ext}`, contents);
  }

  const template = await readFile(path.join(SOURCE, 'index.html'), 'utf8');
  for (const language of LANGUAGES) {
    const other = language === 'en' ? 'zh' : 'en';
    const preloaded = [...sharedScripts(metafile), ...(language === 'zh' ? [addresses.chinese] : [])];
    const document = fill(template, {
      ...dictionary[language],
      ...addresses,
      language,
      other,
      otherTag: TAGS[other],
      preloads: html`${preloaded.map((address) => html`<link rel="modulepreload" href="${address}">\n`)}`,
      answer: '{answer}',
    }).replace('<html lang="en">', `<html lang="${TAGS[language]}">`);
    await writeFile(path.join(folder, `index.${language}.html`), document);
  }
}

/** Style and scripts of the page: one that starts it, those that only some visits need, and what these share. */
export const bundlePage = () =>
  build({
    entryPoints: { script: path.join(SOURCE, 'browser', 'main.ts'), style: path.join(SOURCE, 'page.css') },
    outdir: SOURCE,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    charset: 'utf8',
    target: ['es2022', 'chrome111', 'firefox113', 'safari16.4'],
    tsconfig: path.join(SOURCE, 'browser', 'tsconfig.json'),
    logLevel: 'warning',
  });

/** What the first script imports. Browsers load it at the same time, instead of after that. */
function sharedScripts({ outputs }: Metafile): string[] {
  const script = Object.values(outputs).find(({ entryPoint }) => entryPoint?.endsWith('main.ts'));
  const shared = script?.imports.filter(({ kind }) => kind === 'import-statement') ?? [];
  return shared.map(({ path: file }) => `assets/${path.basename(file)}`);
}

/** Puts values in for the names in braces. */
function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  return template.replace(/\{([\w-]+)\}/g, (placeholder, name: string) => {
    const value = values[name];
    if (typeof value === 'string' || value instanceof String)
      return html`${value as string | Markup}`.toString();
    throw new Error(`Expected index.html to name a text of the dictionary but received ${placeholder}.`);
  });
}
