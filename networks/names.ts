/** Networks whose layers TensorFlow trains; `TRAINABLE` defines them. */
export const LAYERED_NAMES = [
  'levi-hassner',
  'levi-hassner-bn',
  'inception-v3',
  'transfer',
  'recognition',
  'finetune',
] as const;
export type LayeredName = (typeof LAYERED_NAMES)[number];

/** Networks on hand-made descriptors of a face, trained without TensorFlow. */
export const CLASSICAL_NAMES = ['lbp-hog-svr', 'lbp-sparse'] as const;
export type ClassicalName = (typeof CLASSICAL_NAMES)[number];

/** The networks that can be trained. */
export const NETWORK_NAMES = [...LAYERED_NAMES, ...CLASSICAL_NAMES] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

export const isClassical = (name: NetworkName): name is ClassicalName =>
  CLASSICAL_NAMES.some((each) => each === name);
