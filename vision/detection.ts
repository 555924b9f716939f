import sharp from 'sharp';
import type { BoundingBox, DetectedFace, FaceDetector, Pixels } from './engine.ts';
import { type Turn, turnBack, turnImage } from './turn.ts';
import { uprightness } from './uprightness.ts';

/**
 * Detectors know upright faces. They miss many faces that lie on their side or stand on their head, and the
 * landmarks of the others are wrong. So where no face is beyond doubt, a small sheet of the image turned by a
 * quarter, a half and three quarters shows whether one of these is upright; then the image is looked at that way.
 */
const TURNS: readonly Turn[] = [1, 2, 3];
/** Side of the square that each turned copy has on the sheet, in pixels: enough for faces of an eighth of the image. */
const CELL = 160;
/** Least confidence that is asked of the faces on the sheet: asked for more, a detector may look closer at doubtful ones. */
const LOW = 0.35;
/** An image with a face of this score is upright, */
const BEYOND_DOUBT = 0.6;
/** and a turned copy may be if it has one of this score, */
const CONVINCING = 0.6;
/** which is better by this much than the best of the image as it is. */
const BETTER = 0.1;

/** @returns what the detector does: faces from `minimumConfidence` on, most confident first, in pixels of the image */
export async function detectFaces(
  image: Pixels,
  detector: FaceDetector,
  minimumConfidence: number,
): Promise<DetectedFace[]> {
  const faces = await detector.detect(image, minimumConfidence);
  const best = bestScore(faces);
  if (best >= BEYOND_DOUBT) return faces;
  const turn = await findTurn(image, detector, Math.max(CONVINCING, best + BETTER));
  if (turn === undefined) return faces;
  const turned = await detector.detect(await turnImage(image, turn), minimumConfidence);
  return turned.map((face) => turnBack(face, turn, image));
}

/** How sure it is that an image with these faces is upright, 0 to 1. */
function bestScore(faces: readonly DetectedFace[]): number {
  return Math.max(0, ...faces.map((face) => face.confidence * uprightness(face)));
}

/** The turn that makes the faces of an image upright, if one of them then has `minimumScore`. */
async function findTurn(
  image: Pixels,
  detector: FaceDetector,
  minimumScore: number,
): Promise<Turn | undefined> {
  const faces = await detector.detect(await drawSheet(image), LOW);
  const scores = TURNS.map((_, index) => bestScore(faces.filter(({ box }) => cellOf(box) === index)));
  const best = Math.max(...scores);
  return best >= minimumScore ? TURNS[scores.indexOf(best)] : undefined;
}

/** The turned copies side by side. */
async function drawSheet({ data, width, height }: Pixels): Promise<Pixels> {
  const cell = { width: CELL, height: CELL };
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ ...cell, fit: 'contain', kernel: 'linear', background: '#000' })
    .raw()
    .toBuffer();
  const line = CELL * 3;
  const sheet = new Uint8Array(TURNS.length * CELL * line);
  for (const [index, turn] of TURNS.entries()) {
    const turned = await turnImage({ data: small, ...cell }, turn);
    for (let row = 0; row < CELL; row++) {
      sheet.set(turned.data.subarray(row * line, (row + 1) * line), (row * TURNS.length + index) * line);
    }
  }
  return { data: sheet, width: TURNS.length * CELL, height: CELL };
}

/** Which of the copies on the sheet a box has its centre in. */
function cellOf({ x, width }: BoundingBox): number {
  return Math.floor((x + width / 2) / CELL);
}
