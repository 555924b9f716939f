import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import sharp from 'sharp';
import type { LocalStack } from '../../local/stack.ts';
import { sendBadRequests } from '../bad-requests.ts';
import { median } from '../cpu.ts';
import { effort, few } from '../effort.ts';
import { cpuOf, functionProcesses } from '../processes.ts';
import { onStack } from '../stack.ts';
import { markdownTable, ms } from '../table.ts';

/**
 * `POST /predict` through the local stack's HTTP API, beside a plain Node server on face-api that gets the same
 * photo in the same run, and what bad requests do to it. Linux only, whose /proc says what processes use.
 */

const SEQUENTIAL = effort(100);
const PARALLEL = few([1, 4, 16]);
const REQUESTS = effort(192);

/** One face, 640 × 480 pixels. */
async function photo(): Promise<Buffer> {
  const astronaut = path.resolve(import.meta.dirname, '..', '..', 'samples', 'astronaut.jpg');
  const { data, info } = await sharp(astronaut)
    .resize(640, 480, { fit: 'contain', background: '#888' })
    .jpeg({ quality: 90 })
    .toBuffer({ resolveWithObject: true });
  if (info.width !== 640 || info.height !== 480) throw new Error('Expected 640 × 480 pixels.');
  return data;
}

interface Answer {
  readonly status: number;
  /** What it says of the function's own time. */
  readonly timing: string;
}

type Send = () => Promise<Answer>;

/** Each request has a connection of its own: a kept one may be closed just when it is used. */
const agent = new Agent({ keepAlive: false });

function post(url: string, headers: Readonly<Record<string, string>>, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent }, (response) => {
      const timing = String(response.headers['server-timing']);
      response.resume().once('end', () => resolve({ status: response.statusCode ?? 0, timing }));
    });
    sent.once('error', reject).end(body);
  });
}

interface Load {
  /** Milliseconds. */
  readonly median: number;
  readonly slow: number;
  /** Requests a second. */
  readonly throughput: number;
}

/** Sends many requests, a fixed number at a time. */
async function load(send: Send, parallel: number): Promise<Load> {
  const times: number[] = [];
  let left = REQUESTS;
  const start = performance.now();
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      while (left-- > 0) {
        const sent = performance.now();
        const { status } = await send();
        if (status !== 200) throw new Error(`Expected an answer but received ${status}.`);
        times.push(performance.now() - sent);
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  return { median: median(times), slow: quantile(times, 0.95), throughput: REQUESTS / seconds };
}

const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ??
  Number.NaN;

/** In milliseconds. */
const durationOf = ({ timing }: Answer, name: string) =>
  Number(timing.match(new RegExp(`${name};dur=([\\d.]+)`))?.[1]);

const total = (values: Iterable<{ readonly cpu: number }>) =>
  [...values].reduce((sum, { cpu }) => sum + cpu, 0);

async function startFaceApi() {
  const server = spawn(process.execPath, [path.resolve(import.meta.dirname, '..', 'face-api-server.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(server.stdout, 'data');
  return { server, pid: server.pid ?? 0, url: `http://127.0.0.1:${String(port).trim()}/` };
}

async function measure(stack: LocalStack): Promise<string> {
  const jpeg = await photo();
  const headers = { 'content-type': 'image/jpeg' };
  const ours = () => post(`${stack.apiUrl}predict`, { ...headers, 'x-api-key': stack.apiKey }, jpeg);
  const { server, pid, url } = await startFaceApi();
  const theirs = () => post(url, headers, jpeg);
  const name = await apiFunction(stack);
  try {
    // Starts a process for each request that comes while others are answered, and lets each warm up.
    for (const send of [ours, ours, theirs]) await load(send, Math.max(...PARALLEL));

    const overheads: number[] = [];
    const analyses: number[] = [];
    for (let index = 0; index < SEQUENTIAL; index++) {
      const answer = await ours();
      const analysis = durationOf(answer, 'analysis');
      analyses.push(analysis);
      overheads.push(durationOf(answer, 'total') - analysis);
    }

    const rows: string[][] = [];
    for (const parallel of PARALLEL) {
      const before = {
        ours: total((await functionProcesses(stack.endpoint, name)).values()),
        theirs: await cpuOf(pid),
      };
      const [one, other] = [await load(ours, parallel), await load(theirs, parallel)];
      const after = {
        ours: total((await functionProcesses(stack.endpoint, name)).values()),
        theirs: await cpuOf(pid),
      };
      const cpu = {
        ours: (after.ours - before.ours) / REQUESTS,
        theirs: (after.theirs - before.theirs) / REQUESTS,
      };
      rows.push([
        String(parallel),
        ...[one.median, one.slow, other.median, other.slow].map(ms),
        (1000 / cpu.ours).toFixed(1),
        (1000 / cpu.theirs).toFixed(1),
        `${(cpu.theirs / cpu.ours).toFixed(1)} ×`,
      ]);
    }
    return `### The HTTP API on the local stack

\`POST /predict\` of a JPEG of 640 × 480 pixels with one face, warm, through the local AWS (all of whose services are one
Python process); beside it a plain Node server that runs face-api on native TensorFlow on the same photo.
The function's own time, median of ${SEQUENTIAL}: ${ms(median(analyses))} ms of analysis, and ${ms(median(overheads))} ms for all else
(95th percentile: ${ms(quantile(overheads, 0.95))} ms; goal: 15 ms). Then ${REQUESTS} requests each, in milliseconds; requests a second of
CPU time are those of the function's processes and of the plain server's.

${markdownTable(
  [
    'clients at once',
    'median',
    '95th percentile',
    'plain: median',
    'plain: 95th percentile',
    'requests per core and second',
    'plain',
    'ratio (goal: 4 ×)',
  ],
  rows,
)}
`;
  } finally {
    server.kill();
  }
}

async function measureBadRequests(stack: LocalStack): Promise<string> {
  const target = { url: stack.apiUrl, key: stack.apiKey, jpeg: await photo() };
  const name = await apiFunction(stack);
  // Until every process holds all that it will ever hold.
  for (let time = 0; time < effort(2, 0); time++) await sendBadRequests(target);
  const before = await functionProcesses(stack.endpoint, name);
  const answers = await sendBadRequests(target);
  const after = await functionProcesses(stack.endpoint, name);
  // Not of those that have ended, or were only started, in between.
  const growth = [...before].flatMap(([pid, { memory }]) => {
    const now = after.get(pid);
    return now ? [now.memory - memory] : [];
  });
  const rows = [...answers].map(([kind, statuses]) => {
    const sorted = [...statuses].sort(([a], [b]) => a - b);
    return [kind, sorted.map(([status, count]) => `${count} × ${status}`).join(', ')];
  });
  const failed = [...answers.values()]
    .flatMap((statuses) => [...statuses.keys()])
    .filter((status) => status >= 500);
  return `### A thousand bad requests

The third thousand of the same, answered by ${after.size} processes: ${failed.length === 0 ? 'no' : failed.length} server errors; the processes' memory
grew by ${growth.map((mb) => mb.toFixed(0)).join(', ')} MB from ${[...before.values()].map(({ memory }) => memory.toFixed(0)).join(', ')} MB.

${markdownTable(['', 'answers'], rows)}
`;
}

async function apiFunction(stack: LocalStack): Promise<string> {
  const { Functions = [] } = await new LambdaClient(stack).send(new ListFunctionsCommand({}));
  const name = Functions.find(({ FunctionName }) => FunctionName?.includes('HttpFunction'))?.FunctionName;
  if (!name) throw new Error("Expected the HTTP API's function to be deployed.");
  return name;
}

await onStack(async (stack) => {
  console.log(await measure(stack));
  console.log(await measureBadRequests(stack));
});
