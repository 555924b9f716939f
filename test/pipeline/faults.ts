import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { STAGES, type StageName } from './controls.ts';
import { Pipeline } from './pipeline.ts';

const HOOK = path.join(import.meta.dirname, 'faults.cjs');

/** What is to go wrong in a function. */
export interface Fault {
  /** Happens while a message is worked on that contains this: a photo's key, or what makes a message another one. */
  readonly message: string;
  /** At the nth request that the invocation makes of AWS; or at the one of this name whose path contains `message`. */
  readonly request: number | string;
  /** Before the request is sent, or when its answer comes. */
  readonly moment: 'before' | 'after';
  /**
   * The process dies, stands still for ever, or stands still until it is released; or the request alone is
   * never answered.
   */
  readonly action: 'kill' | 'freeze' | 'hold' | 'stall';
  /** Happens each time that a message is received, up to this many times; default 1. */
  readonly tries?: number;
}

/** One run of a function. */
export interface Invocation {
  readonly messages: readonly { readonly body: string; readonly tries: number }[];
  /** The requests it made of AWS, in their order: `dynamodb UpdateItem`, `s3 GET` … */
  readonly requests: string[];
}

const entrySchema = z.union([
  z.object({ id: z.string(), messages: z.array(z.object({ body: z.string(), tries: z.number() })) }),
  z.object({ id: z.string(), request: z.string() }),
]);

/** Makes the functions of a pipeline fail where a test wants it, and reports what they did. */
export class Faults {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** To be done before the pipeline has anything to do: it restarts the functions. */
  static async install(pipeline: Pipeline): Promise<Faults> {
    const faults = new Faults(await mkdtemp(path.join(tmpdir(), 'faults-')));
    for (const stage of STAGES) {
      const folder = faults.#folderOf(stage);
      await mkdir(folder);
      await pipeline.controls.configure(stage, {
        NODE_OPTIONS: `--require="${HOOK}"`,
        FAULTS_FOLDER: folder,
      });
    }
    return faults;
  }

  /** @returns releases it, or takes it back when it has not happened yet */
  async set(stage: StageName, fault: Fault): Promise<() => Promise<void>> {
    const file = path.join(this.#folderOf(stage), `${randomUUID()}.json`);
    // Whole or not at all.
    await writeFile(`${file}.new`, JSON.stringify({ tries: 1, ...fault }));
    await rename(`${file}.new`, file);
    return () => rm(file, { force: true });
  }

  /** The runs of a function with messages that contain this, in their order. */
  async invocations(stage: StageName, message: string): Promise<Invocation[]> {
    const log = await readFile(path.join(this.#folderOf(stage), 'log.jsonl'), 'utf8').catch(() => '');
    const found = new Map<string, Invocation>();
    // What follows the last line feed is still being written.
    for (const line of log.split('\n').slice(0, -1)) {
      const entry = entrySchema.parse(JSON.parse(line));
      if ('request' in entry) found.get(entry.id)?.requests.push(entry.request);
      else if (entry.messages.some(({ body }) => body.includes(message))) {
        found.set(entry.id, { messages: entry.messages, requests: [] });
      }
    }
    return [...found.values()];
  }

  async close(): Promise<void> {
    // Functions may still be ending, and write while they do.
    await rm(this.#folder, { recursive: true, maxRetries: 5, retryDelay: 200 });
  }

  #folderOf(stage: StageName): string {
    return path.join(this.#folder, stage);
  }
}

/** Timeout of the functions that `deployFailing` deploys, in seconds: more than they take while other tests keep the machine busy. */
export const TIMEOUT = 24;

/** Deploys a pipeline whose functions fail where a test wants it, and are tried again as soon as may be. */
export async function deployFailing(
  name: string,
  maximumTries: number,
): Promise<{ pipeline: Pipeline; faults: Faults }> {
  const pipeline = await Pipeline.deploy(name, {
    timeout: TIMEOUT,
    maximumTries,
    batchSize: 1,
    maximumConcurrency: 2,
  });
  // Nobody is at work then on a message whose time is not over.
  await pipeline.controls.retryAfter(TIMEOUT + 1);
  return { pipeline, faults: await Faults.install(pipeline) };
}
