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

/** A network that looks at chips of faces. */
export interface ChipNetwork {
  /**
   * @param chips n chips of the network's side, one after another, interleaved RGB
   * @returns what the network gives for each of the n chips, by the names of its outputs
   */
  run(chips: Uint8Array): Promise<Readonly<Record<string, Float32Array>>[]>;
}

/** The files of a network that an engine may need. */
export type NetworkFile = 'model.onnx' | 'model.json' | 'weights.bin';

/** Networks load on first use and stay loaded; a second call answers with the same one. */
export interface Engine {
  readonly name: string;
  loadDetector(): Promise<FaceDetector>;
  /**
   * Loads a network; each call loads it again.
   * @param folder holds the files that `networkFiles` names, and the trunk that such a file may build on
   * @param side of its chips, in pixels
   * @param outputs names of what is asked of it
   */
  openNetwork(folder: string, side: number, outputs: readonly string[]): Promise<ChipNetwork>;
  /**
   * The folders of the networks that the layer brings: what `openNetwork` needs, and a card `ATTRIBUTE.json` for each
   * attribute that a network estimates, which no other does. They are in service while nothing else was put into service.
   */
  readonly builtins: readonly string[];
  /** The folder of the network that tells people apart, with its card `recognizer.json`, where the layer brings one. */
  readonly recognizer?: string;
  /** Which of a model's files `openNetwork` needs. */
  readonly networkFiles: readonly NetworkFile[];
}
