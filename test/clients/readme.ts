import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

/** @returns the program that a README shows */
export async function exampleOf(readme: string, language: string): Promise<string> {
  const text = await readFile(readme, 'utf8');
  const example = new RegExp(`^\`\`\`${language}\\n(.+?)^\`\`\`$`, 'ms').exec(text)?.[1];
  assert.ok(example, `Expected ${readme} to show a program in ${language}.`);
  return example;
}
