import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import sharp from 'sharp';
import { chipsIn, MAXIMUM_MESSAGE, withChips } from '../../../functions/shared/carried-chips.ts';
import { facesFoundSchema } from '../../../functions/shared/message.ts';
import { chipBytes } from '../../../vision/chip-spec.ts';
import { samples } from '../../fixtures/index.ts';

const specs = [
  { side: 160, extent: 1.6 },
  { side: 113, extent: 1.05, shift: [0.064, -0.064] as [number, number] },
];
const MESSAGE = {
  photo: `api/${'長'.repeat(300)}.jpg`,
  analysis: '0123456789abcdef0123456789abcdef',
  outstanding: ['age', 'gender'],
  event: JSON.stringify({ Records: [{ s3: { object: { key: '%E9%95%B7'.repeat(300) } } }] }),
};

/** The sample's middle in the size of each chip: as much detail as faces have. */
async function facesOf(sample: string, count: number): Promise<Uint8Array> {
  const chips = await Promise.all(
    specs.map(({ side }) => sharp(sample).resize(side, side).removeAlpha().raw().toBuffer()),
  );
  return Buffer.concat(Array.from({ length: count }, () => Buffer.concat(chips)));
}

test('chips come out of a message as they went into it, but for what nobody sees', async () => {
  const chips = Buffer.concat([await facesOf(samples.hopper, 1), await facesOf(samples.astronaut, 1)]);
  const filled = await withChips(MESSAGE, { specs, chips });
  assert.ok(filled);
  const received = await chipsIn(facesFoundSchema.parse(JSON.parse(JSON.stringify(filled))));
  assert.deepEqual(received?.specs, specs);
  assert.equal(received.chips.length, chips.length);
  const off = chips.reduce((sum, value, index) => sum + Math.abs(value - (received.chips[index] ?? 0)), 0);
  assert.ok(off / chips.length < 3, `${off / chips.length} of 255`);
});

test('a face looks the same whichever faces are beside it', async () => {
  const [one, other] = [await facesOf(samples.hopper, 1), await facesOf(samples.astronaut, 1)];
  const alone = await withChips(MESSAGE, { specs, chips: other });
  const beside = await withChips(MESSAGE, { specs, chips: Buffer.concat([one, other]) });
  assert.deepEqual(beside?.chips?.pictures.slice(specs.length), alone?.chips?.pictures);
});

test('a message is never longer than the queues take', async () => {
  let most = 0;
  for (let count = 1; ; count++) {
    const filled = await withChips(MESSAGE, { specs, chips: await facesOf(samples.astronaut, count) });
    if (!filled) break;
    most = Buffer.byteLength(JSON.stringify(filled));
    assert.ok(most <= MAXIMUM_MESSAGE, `${count} faces take ${most} bytes`);
  }
  const [face] = [await withChips(MESSAGE, { specs, chips: await facesOf(samples.astronaut, 1) })];
  const one = Buffer.byteLength(JSON.stringify(face?.chips?.pictures));
  // As many as fit.
  assert.ok(most + one > MAXIMUM_MESSAGE, `${most} bytes, and ${one} for a face more`);
});

test('chips that hardly compress are too many sooner', async () => {
  const bytes = specs.reduce((sum, spec) => sum + chipBytes(spec), 0);
  const noise = (count: number) => ({ specs, chips: randomBytes(count * bytes) });
  assert.ok(await withChips(MESSAGE, noise(1)));
  assert.equal(await withChips(MESSAGE, noise(10)), undefined);
});

test('pictures that are not what the message says are refused', async () => {
  const filled = await withChips(MESSAGE, { specs, chips: await facesOf(samples.hopper, 1) });
  assert.ok(filled?.chips);
  const [, small = ''] = filled.chips.pictures;
  await assert.rejects(
    chipsIn({ chips: { specs, pictures: [small, small] } }),
    /Expected a chip of 160 × 160 pixels but received 113 × 113\./,
  );
  await assert.rejects(chipsIn({ chips: { specs, pictures: [Buffer.from('none').toString('base64')] } }));
});
