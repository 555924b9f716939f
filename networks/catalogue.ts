import { EXTENT, SIDE } from './classical/chips.ts';
import { finetune } from './finetune.ts';
import { inceptionV3 } from './inception-v3.ts';
import { leviHassner, leviHassnerBn } from './levi-hassner.ts';
import { isClassical, type LayeredName, type NetworkName } from './names.ts';
import { recognition } from './recognition.ts';
import type { TrainableNetwork } from './trainable.ts';
import { transfer } from './transfer.ts';

/** The networks whose layers are trained. */
export const TRAINABLE: Readonly<Record<LayeredName, TrainableNetwork>> = {
  'levi-hassner': leviHassner,
  'levi-hassner-bn': leviHassnerBn,
  'inception-v3': inceptionV3,
  transfer,
  recognition,
  finetune,
};

/** The chips that a network looks at. */
export const chipOf = (name: NetworkName): Pick<TrainableNetwork, 'side' | 'extent'> =>
  isClassical(name) ? { side: SIDE, extent: EXTENT } : TRAINABLE[name];
