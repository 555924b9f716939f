/** The networks that can be trained; `TRAINABLE` defines them. */
export const NETWORK_NAMES = [
  'levi-hassner',
  'levi-hassner-bn',
  'inception-v3',
  'transfer',
  'finetune',
] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];
