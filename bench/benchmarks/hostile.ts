import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomFor } from '../../training/trainer/random.ts';
import { effort } from '../effort.ts';
import { goodPhotos, hostilePictures } from '../hostile-pictures.ts';
import type { Looked } from '../hostile-process.ts';
import { mutate } from '../mutation.ts';
import { markdownTable, ms } from '../table.ts';

/**
 * Pictures that are made to break a decoder, and mutants of good photos, each decoded and looked at for faces as detect
 * does it. Every one must be answered, within these. Linux only, whose /proc says what processes use.
 */
const MOST = { memory: 1000, cpu: 3000 };
/** Milliseconds after which a process is taken to hang. */
const PATIENCE = 120_000;
/** How many rows are printed. */
const WORST = 12;

const PROCESS = path.join(import.meta.dirname, '..', 'hostile-process.ts');

interface Result extends Looked {
  readonly name: string;
}

/** The process that looks at pictures; another one when it died. */
class Looker {
  #process: Promise<ChildProcess> | undefined;

  async look(file: string): Promise<Looked> {
    this.#process ??= start();
    const process = await this.#process;
    const abort = new AbortController();
    const { signal } = abort;
    const timer = setTimeout(() => process.kill('SIGKILL'), PATIENCE);
    try {
      process.send(file);
      const [answer] = await Promise.race([
        once(process, 'message', { signal }),
        once(process, 'exit', { signal }).then(() => [undefined]),
      ]);
      if (answer) return answer;
      this.#process = undefined;
      return { end: 'crashed', cpu: Number.NaN, memory: Number.NaN };
    } finally {
      clearTimeout(timer);
      abort.abort();
    }
  }

  /** Ends the process; the next picture has a new one. */
  async stop(): Promise<void> {
    (await this.#process)?.disconnect();
    this.#process = undefined;
  }
}

async function start(): Promise<ChildProcess> {
  const child = fork(PROCESS);
  await once(child, 'message');
  return child;
}

async function* pictures(count: number, mutants: number): AsyncGenerator<readonly [string, Buffer]> {
  for (const [name, make] of Object.entries(hostilePictures).slice(0, count)) {
    process.stderr.write(`${name}\n`);
    yield [name, await make()];
  }
  const photos = mutants > 0 ? await goodPhotos() : [];
  for (let index = 0; index < mutants; index++) {
    const photo = photos[index % photos.length];
    if (photo) yield [`mutant ${index}`, mutate(photo, randomFor('mutant', index))];
  }
}

const isMutant = ({ name }: Result) => name.startsWith('mutant');
const isWithin = ({ end, cpu, memory }: Looked) =>
  !/^(crashed|unexpected)/.test(end) && cpu <= MOST.cpu && memory <= MOST.memory;

const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-hostile-'));
const looker = new Looker();
const results: Result[] = [];
try {
  const file = path.join(folder, 'picture');
  for await (const [name, bytes] of pictures(effort(Number.POSITIVE_INFINITY, 3), effort(5000, 34))) {
    await writeFile(file, bytes);
    const result = { name, ...(await looker.look(file)) };
    results.push(result);
    // What large pictures leave behind in a process would count for the next one.
    if (!isMutant(result)) await looker.stop();
  }
} finally {
  await looker.stop();
  await rm(folder, { recursive: true });
}

const kinds = [
  ['pictures made to break a decoder', results.filter((result) => !isMutant(result))],
  ['mutants of good photos', results.filter(isMutant)],
] as const;
const worst = (all: readonly Result[], of: 'cpu' | 'memory') =>
  all.reduce((most, result) => Math.max(most, result[of] || 0), 0);
const failed = results.filter((result) => !isWithin(result));
const heaviest = results
  .filter(({ cpu }) => !Number.isNaN(cpu))
  .toSorted(
    (one, other) =>
      other.cpu / MOST.cpu + other.memory / MOST.memory - one.cpu / MOST.cpu - one.memory / MOST.memory,
  )
  .slice(0, WORST);

console.log(`### Hostile pictures

Decoded and looked at for faces, with what a process with a detector holds anyway: each picture in a process of its own,
the mutants all in one. Each is to be answered with at most ${MOST.memory} MB and
${MOST.cpu / 1000} seconds of CPU time; ${failed.length === 0 ? 'all were' : `${failed.length} were not: ${failed.map(({ name, end }) => `${name} (${end})`).join('; ')}`}.

${markdownTable(
  ['', 'pictures', 'answered', 'with a result', 'most memory, MB', 'most CPU time, ms'],
  kinds.map(([title, all]) => [
    title,
    all.length,
    all.filter(({ end }) => !/^(crashed|unexpected)/.test(end)).length,
    all.filter(({ end }) => end === 'done').length,
    ms(worst(all, 'memory')),
    ms(worst(all, 'cpu')),
  ]),
)}

The heaviest:

${markdownTable(
  ['', 'memory, MB', 'CPU time, ms', 'answer'],
  heaviest.map(({ name, memory, cpu, end }) => [name, ms(memory), ms(cpu), end]),
)}
`);
if (failed.length > 0) process.exitCode = 1;
