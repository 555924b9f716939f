import type { BuildOptions } from 'esbuild';
import type { Platform } from './platform.ts';

/** Where a layer's files go. */
export interface LayerFolders {
  /** The layer's `node_modules`. */
  readonly modules: string;
  /** The folder of `@facedrop/engine`, where the bundle looks for its networks. */
  readonly engine: string;
}

/** What one engine puts into its layer, once everything that it needs has been made. */
export interface Ingredients {
  /** Changes when the files do, as far as `package-lock.json` and the sources don't show it. */
  readonly version: string;
  readonly bundle?: BuildOptions;
  copyTo(folders: LayerFolders): Promise<void>;
}

/**
 * Which networks estimate ages and genders: the best there are, a small one that costs less than a third, or only those
 * whose weights are licensed permissively and were not learned from photos for research alone.
 */
export const WEIGHTS = ['best', 'small', 'permissive'] as const;
export type Weights = (typeof WEIGHTS)[number];

/** @throws where the engine doesn't exist for the platform */
export type Recipe = (wanted: {
  readonly platform: Platform;
  readonly weights: Weights;
  /** Folder of the networks that were built. */
  readonly networks: string;
}) => Promise<Ingredients>;
