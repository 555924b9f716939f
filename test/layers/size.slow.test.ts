import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostPlatform } from '../../layers/platform.ts';
import { assertFits, directorySize, FUNCTION_ALLOWANCE, LAMBDA_UNZIPPED_LIMIT } from '../../layers/size.ts';
import { buildModelLayer } from '../../models/layer.ts';

describe('the size of a layer', () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'facedrop-size-'));
    await mkdir(path.join(directory, 'nodejs'));
    await writeFile(path.join(directory, 'one'), Buffer.alloc(1000));
    await writeFile(path.join(directory, 'nodejs', 'two'), Buffer.alloc(234));
  });
  after(() => rm(directory, { recursive: true }));

  it('is the sum of its files', async () => {
    assert.equal(await directorySize(directory), 1234);
  });

  it('may be all that the function leaves of the limit, and not a byte more', async () => {
    assert.equal(await assertFits(directory, FUNCTION_ALLOWANCE + 1234), 1234);
    await assert.rejects(
      assertFits(directory, FUNCTION_ALLOWANCE + 1233),
      /Expected a layer of at most 1233 bytes .* received 1234 bytes/,
    );
  });

  it('fails the build when it is too large', async () => {
    const onnx = { engine: 'onnx', platform: hostPlatform() } as const;
    const size = await directorySize(await buildModelLayer(onnx));
    await assert.rejects(
      buildModelLayer({ ...onnx, limit: FUNCTION_ALLOWANCE + size - 1 }),
      /Expected a layer of at most/,
    );
  });

  for (const engine of ['onnx', 'tfjs'] as const) {
    for (const architecture of ['x64', 'arm64'] as const) {
      it(`fits: ${engine} on ${architecture}`, async (test) => {
        const layer = await buildModelLayer({ engine, platform: { os: 'linux', architecture } });
        const size = await directorySize(layer);
        test.diagnostic(`${(size / 1e6).toFixed(1)} MB of ${LAMBDA_UNZIPPED_LIMIT / 1e6} MB`);
        assert.ok(size + FUNCTION_ALLOWANCE <= LAMBDA_UNZIPPED_LIMIT);
      });
    }
  }
});
