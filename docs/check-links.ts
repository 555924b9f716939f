import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import GithubSlugger from 'github-slugger';
import { lexer, type Token, walkTokens } from 'marked';

/**
 * Checks the links and pictures of the documents that lead to files and headings of this repository; it needs no network.
 * Also that no line of text is too long to read in a terminal: in README.md none at all, elsewhere none but those of
 * tables and code.
 */

const ROOT = path.resolve(import.meta.dirname, '..');
const LONGEST_LINE = 125;
const LONGEST_README_LINE = 120;
const LONGEST_README = 130;

function tokensOf(file: string): Token[] {
  const tokens: Token[] = [];
  walkTokens(lexer(readFileSync(file, 'utf8')), (token) => {
    tokens.push(token);
  });
  return tokens;
}

/** What links may have after "#", as GitHub makes them. */
function anchorsOf(file: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const headings = tokensOf(file).flatMap((token) =>
    token.type === 'heading' && 'text' in token ? [String(token.text)] : [],
  );
  return new Set(headings.map((text) => slugger.slug(plain(text))));
}

/** The text of a heading, without marks and without what links lead to. */
const plain = (text: string) => text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');

function complaintsAbout(document: string): string[] {
  const complaints: string[] = [];
  for (const token of tokensOf(document)) {
    if ((token.type !== 'link' && token.type !== 'image') || /^[a-z]+:/i.test(token.href)) continue;
    const [target = '', anchor] = decodeURI(token.href).split('#');
    const file = target === '' ? document : path.resolve(path.dirname(document), target);
    if (!existsSync(file)) complaints.push(`Expected a file but "${token.href}" leads to none.`);
    else if (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor)) {
      complaints.push(`Expected a heading but "${token.href}" leads to none.`);
    }
  }
  return complaints;
}

function complaintsAboutLength(file: string): string[] {
  const isReadme = path.relative(ROOT, file) === 'README.md';
  const longest = isReadme ? LONGEST_README_LINE : LONGEST_LINE;
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  let code = false;
  const complaints = lines.flatMap((line, index) => {
    if (line.trimStart().startsWith('```')) code = !code;
    const free = !isReadme && (code || /^(\||<!--|#)/.test(line));
    return line.length > longest && !free
      ? [`Expected at most ${longest} characters in line ${index + 1} but received ${line.length}.`]
      : [];
  });
  if (isReadme && lines.length > LONGEST_README) {
    complaints.push(`Expected at most ${LONGEST_README} lines but received ${lines.length}.`);
  }
  return complaints;
}

const options = { cwd: ROOT, encoding: 'utf8' } as const;
const documents = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md'], options)
  .trim()
  .split('\n');
for (const name of documents) {
  const document = path.join(ROOT, name);
  const complaints = [...complaintsAbout(document), ...complaintsAboutLength(document)];
  for (const complaint of complaints) console.error(`${name}: ${complaint}`);
  if (complaints.length > 0) process.exitCode = 1;
}
