import type { InferenceSession } from 'onnxruntime-node';
import { CHIP_SIDE, type Landmarker, type ModelInfo, type Point } from '../../vision/engine.ts';
import { runChips } from './session.ts';

/** face-api's FaceLandmark68Net. */
export class FaceLandmarkNet implements Landmarker {
  readonly model: ModelInfo;
  readonly #session: InferenceSession;

  constructor(session: InferenceSession, model: ModelInfo) {
    this.#session = session;
    this.model = model;
  }

  locate(chips: Uint8Array): Promise<Point[][]> {
    return runChips(this.#session, chips, ['landmarks'], ({ landmarks }) => toPoints(landmarks));
  }
}

/** From x and y in turn, as fractions of the chip's side. */
function toPoints(fractions: Float32Array): Point[] {
  return Array.from({ length: fractions.length / 2 }, (_, index) => ({
    x: (fractions[2 * index] ?? 0) * CHIP_SIDE,
    y: (fractions[2 * index + 1] ?? 0) * CHIP_SIDE,
  }));
}
