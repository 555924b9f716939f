import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { execa } from 'execa';
import { z } from 'zod';
import { parseConfig } from '../../infra/config.ts';
import { encodeBlankPng } from '../fixtures/formats.ts';
import { fixtures } from '../fixtures/index.ts';

const DECODER = path.join(import.meta.dirname, '../../vision/photo.ts');
const { maximumPixels } = parseConfig({});

const decodedSchema = z.object({ end: z.string(), megabytes: z.number() });

/** Decodes a file in a process of its own; reports how it ended, and the most memory it took, in MB. */
async function decode(file: string): Promise<z.infer<typeof decodedSchema>> {
  const script = `
    const { readFileSync } = await import('node:fs');
    const { decodePhoto } = await import(${JSON.stringify(DECODER)});
    const end = await decodePhoto(readFileSync(${JSON.stringify(file)}), ${maximumPixels}).then(
      ({ width, height }) => width + ' × ' + height,
      ({ code }) => code,
    );
    console.log(JSON.stringify({ end, megabytes: process.resourceUsage().maxRSS / 1024 }));
  `;
  const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', script]);
  return decodedSchema.parse(JSON.parse(stdout));
}

test('a decompression bomb is refused before it is decoded', async () => {
  const { end, megabytes } = await decode(await fixtures.decompressionBomb());
  assert.equal(end, 'too-many-pixels');
  assert.ok(megabytes < 200, `${megabytes} MB`);
});

test('the largest photo there may be is decoded row by row', async () => {
  const side = Math.floor(Math.sqrt(maximumPixels));
  const file = path.join(tmpdir(), `largest-${process.pid}.png`);
  await writeFile(file, await encodeBlankPng(side, side));
  const { end, megabytes } = await decode(file);
  assert.equal(end, `${side} × ${side}`);
  assert.ok(megabytes < 400, `${megabytes} MB`);
});
