import sharp, { type Sharp } from 'sharp';
import type { Pixels } from '../../vision/engine.ts';

/** Something that happens to photos and should make no difference. */
export interface Perturbation {
  readonly name: string;
  /**
   * @param photo upright
   * @param faceHeight of its largest face's box, in pixels
   * @returns the bytes of the perturbed photo's file
   */
  apply(photo: Pixels, faceHeight: number): Promise<Uint8Array>;
}

/** Height of the box of a small face, in pixels. */
const SMALL = 48;
/** Deviation of the blur's Gaussian, in heights of the face's box. */
const BLUR = 0.012;
/** Less blur than this sharp knows not. */
const LEAST_SIGMA = 0.3;
const ROLL = 20;
const BRIGHTNESS = 0.3;

export const MIRROR: Perturbation = {
  name: 'mirror image',
  apply: (photo) => encode(open(photo).flop()),
};

export const PERTURBATIONS: readonly Perturbation[] = [
  { name: 'JPEG quality 40', apply: (photo) => open(photo).jpeg({ quality: 40 }).toBuffer() },
  {
    name: `face of ${SMALL} px`,
    apply: (photo, faceHeight) => {
      // A smaller face stays as it is.
      const scale = Math.min(1, SMALL / faceHeight);
      return encode(open(photo).resize({ width: Math.max(1, Math.round(photo.width * scale)) }));
    },
  },
  {
    name: 'mild blur',
    apply: (photo, faceHeight) => {
      const sigma = BLUR * faceHeight;
      return encode(sigma < LEAST_SIGMA ? open(photo) : open(photo).blur(sigma));
    },
  },
  { name: `roll +${ROLL}°`, apply: roll(ROLL) },
  { name: `roll −${ROLL}°`, apply: roll(-ROLL) },
  { name: 'brightness +30 %', apply: brighten(1 + BRIGHTNESS) },
  { name: 'brightness −30 %', apply: brighten(1 - BRIGHTNESS) },
  MIRROR,
];

/** Turns a photo about its middle; the corners that come into being have the mean colour of its edges. */
function roll(degrees: number): Perturbation['apply'] {
  return (photo) => encode(open(photo).rotate(degrees, { background: edgeColour(photo) }));
}

function brighten(factor: number): Perturbation['apply'] {
  return (photo) => encode(open(photo).linear(factor, 0));
}

const open = ({ data, width, height }: Pixels): Sharp => sharp(data, { raw: { width, height, channels: 3 } });

/** Without loss, so that nothing but the perturbation itself is seen. */
const encode = (image: Sharp): Promise<Uint8Array> => image.png({ compressionLevel: 1 }).toBuffer();

/** Mean colour of the outermost pixels. */
export function edgeColour({ data, width, height }: Pixels): { r: number; g: number; b: number } {
  const sums = [0, 0, 0];
  let pixels = 0;
  for (let y = 0; y < height; y++) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      const start = 3 * (y * width + x);
      for (const channel of sums.keys()) sums[channel] = (sums[channel] ?? 0) + (data[start + channel] ?? 0);
      pixels += 1;
    }
  }
  const [r = 0, g = 0, b = 0] = sums.map((sum) => Math.round(sum / pixels));
  return { r, g, b };
}
