/**
 * What a model layer offers. Each layer under `layers/` implements this once, with its own inference
 * engine, and the functions only know the interface: swapping the layer swaps the engine.
 */

/** Interleaved 8-bit RGB, row by row: `data.length === width * height * 3`. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** In pixels of the image it belongs to, origin at the top left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** In pixels of the image it belongs to; may reach beyond the image's edges until it is clipped. */
export interface BoundingBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Which network produced a result. */
export interface ModelInfo {
  readonly name: string;
  readonly version: string;
}

export interface DetectedFace {
  readonly box: BoundingBox;
  /** 0 to 1. */
  readonly confidence: number;
  /** Left eye, right eye, nose tip, left and right corner of the mouth, as seen with the face upright. */
  readonly landmarks: readonly Point[];
}

export interface FaceDetector {
  readonly model: ModelInfo;
  /** Faces at or above `minimumConfidence`, overlapping ones suppressed, most confident first. */
  detect(image: Pixels, minimumConfidence: number): Promise<DetectedFace[]>;
}

/** Side of the square chips that the age and gender network takes, in pixels. */
export const CHIP_SIDE = 112;
/** Bytes of one chip: interleaved RGB. */
export const CHIP_BYTES = CHIP_SIDE * CHIP_SIDE * 3;

export interface AgeAndGender {
  /** The network's own estimate, in years; not calibrated. */
  readonly years: number;
  /** Probability, 0 to 1, that the face is a man's. */
  readonly male: number;
}

export interface AgeGenderEstimator {
  readonly model: ModelInfo;
  /** @param chips n chips, one after another (n × 112 × 112 × 3 bytes) */
  estimate(chips: Uint8Array): Promise<AgeAndGender[]>;
}

/** A trained network, which tells one task or both. */
export interface ChipNetwork<Task extends string = 'age' | 'gender'> {
  /**
   * @param chips n chips of the network's side, one after another, interleaved RGB
   * @returns the n chips' probabilities of each task
   */
  estimate(chips: Uint8Array): Promise<Record<Task, Float32Array>[]>;
}

/** Networks load on first use and stay loaded; a second call answers with the same one. */
export interface Engine {
  readonly name: string;
  loadDetector(): Promise<FaceDetector>;
  loadAgeGenderEstimator(): Promise<AgeGenderEstimator>;
  /**
   * Loads a trained network, each time anew.
   * @param folder holds the files that `networkFiles` names
   * @param side of its chips, in pixels
   * @param tasks what its outputs are of
   */
  openNetwork<Task extends 'age' | 'gender'>(
    folder: string,
    side: number,
    tasks: readonly Task[],
  ): Promise<ChipNetwork<Task>>;
  /**
   * The folder of the network for both tasks that the layer brings: its cards, and what `openNetwork` needs.
   * Undefined where there is none; then the age and gender estimator answers.
   */
  readonly defaultNetwork?: string | undefined;
  /** Which of a model's files `openNetwork` needs. */
  readonly networkFiles: readonly ('model.onnx' | 'model.json' | 'weights.bin')[];
}
