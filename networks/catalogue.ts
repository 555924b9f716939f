import { finetune } from './finetune.ts';
import { inceptionV3 } from './inception-v3.ts';
import { leviHassner, leviHassnerBn } from './levi-hassner.ts';
import type { NetworkName } from './names.ts';
import type { TrainableNetwork } from './trainable.ts';
import { transfer } from './transfer.ts';

/** The networks that can be trained. */
export const TRAINABLE: Readonly<Record<NetworkName, TrainableNetwork>> = {
  'levi-hassner': leviHassner,
  'levi-hassner-bn': leviHassnerBn,
  'inception-v3': inceptionV3,
  transfer,
  finetune,
};
