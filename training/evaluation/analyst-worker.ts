import * as z from 'zod';
import { prepareTensorFlow } from '../native.ts';
import type { Analyst, AnalystKind, Finding } from './analyst.ts';
import type { AnalystOptions } from './facedrop.ts';
import type { TensorFlow } from './photo-tensor.ts';

/**
 * A process of its own for each analyst: `node analyst-worker.ts KIND FOLDER OPTIONS` answers each photo sent to it. Two
 * copies of TensorFlow.js in one process would take each other's backend, and the garbage of one analyst would be
 * collected at the expense of another.
 */

const optionsSchema = z.object({
  minimumConfidence: z.number(),
  maximumPixels: z.number(),
  attributes: z.array(z.string()),
});

/** A photo, and how many of its faces are wanted. */
export interface Question {
  readonly bytes: Uint8Array;
  readonly maximumFaces: number;
}

/** What it answers a photo with. */
export interface Reply {
  readonly faces: readonly Finding[];
  /** CPU time of all threads, in milliseconds. */
  readonly cpu: number;
  /** Why the photo couldn't be looked at. */
  readonly error?: string;
}

/** What it says when it is ready, or can't be. */
export type Greeting = { readonly name: string } | { readonly error: string };

const OPEN: Readonly<Record<AnalystKind, (folder: string, options: AnalystOptions) => Promise<Analyst>>> = {
  facedrop: async (_folder, options) => (await import('./facedrop.ts')).openFacedrop(options),
  model: async (folder, limits) => (await import('./facedrop.ts')).openModel(folder, limits),
  'face-api': async () => {
    const tf = await loadTensorFlow();
    const faceApi = await import('@vladmandic/face-api/dist/face-api.node.js');
    return (await import('./face-api.ts')).openFaceApi(faceApi, tf);
  },
  human: async () => {
    const tf = await loadTensorFlow();
    return (await import('./human.ts')).openHuman(tf);
  },
};

/** One thread as ONNX Runtime has here (two take a tenth more CPU time), and all instructions of the processor. */
async function loadTensorFlow(): Promise<TensorFlow> {
  Object.assign(process.env, {
    TENSORFLOW_DIRECTORY: await prepareTensorFlow(),
    TF_NUM_INTRAOP_THREADS: '1',
    TF_NUM_INTEROP_THREADS: '1',
    ONEDNN_MAX_CPU_ISA: 'ALL',
  });
  return (await import('../tensorflow.ts')).loadTensorFlow();
}

async function replyTo({ analyse }: Analyst, { bytes, maximumFaces }: Question): Promise<Reply> {
  const start = process.cpuUsage();
  const elapsed = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
  try {
    const faces = await analyse(bytes, maximumFaces);
    return { cpu: elapsed(), faces };
  } catch (error) {
    return { cpu: elapsed(), faces: [], error: messageOf(error) };
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const greet = (greeting: Greeting) => process.send?.(greeting);
const isKind = (text: string): text is AnalystKind => text in OPEN;

const [kind = '', folder = '', options = ''] = process.argv.slice(2);
process.on('disconnect', () => process.exit());
try {
  if (!isKind(kind)) {
    throw new Error(`Expected one of ${Object.keys(OPEN).join(', ')} but received "${kind}".`);
  }
  const analyst = await OPEN[kind](folder, optionsSchema.parse(JSON.parse(options)));
  process.on('message', async (question: Question) => process.send?.(await replyTo(analyst, question)));
  greet({ name: analyst.name });
} catch (error) {
  greet({ error: messageOf(error) });
  process.disconnect?.();
}
