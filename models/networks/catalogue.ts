import { leviHassner, leviHassnerBn } from './levi-hassner.ts';
import type { TrainableNetwork } from './trainable.ts';

export const NETWORK_NAMES = [
  'transfer',
  'finetune',
  'levi-hassner',
  'levi-hassner-bn',
  'inception-v3',
] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

/** The networks that can be trained. */
export const TRAINABLE: Readonly<Record<NetworkName, TrainableNetwork>> = {
  transfer: leviHassner,
  finetune: leviHassner,
  'levi-hassner': leviHassner,
  'levi-hassner-bn': leviHassnerBn,
  'inception-v3': leviHassner,
};
