import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import { MAXIMUM_BODY } from '../functions/api/body.ts';
import { effort } from './effort.ts';

/** A thousand requests as no client should send them; in a smoke run one of each. */

const COUNT = effort(1000, 20);
const PARALLEL = 4;

export interface Target {
  readonly url: string;
  readonly key: string;
  /** A good photo, to be spoilt. */
  readonly jpeg: Buffer;
}

interface BadRequest {
  readonly kind: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  /** Sent in this many pieces, with pauses. */
  readonly pieces?: number;
}

/** Different every time, but the same in every run. */
function badRequest(index: number, { key, jpeg }: Target): BadRequest {
  const random = (limit: number) => Math.floor(fraction(index, limit) * limit);
  const image = { 'x-api-key': key, 'content-type': 'image/jpeg' };
  const json = { 'x-api-key': key, 'content-type': 'application/json' };
  const bytes = new Uint8Array(jpeg);
  const kinds: BadRequest[] = [
    { kind: 'empty', headers: image, body: '' },
    { kind: 'truncated', headers: image, body: bytes.subarray(0, 1 + random(bytes.length - 1)) },
    { kind: 'noise', headers: image, body: spoil(bytes, index) },
    { kind: 'wrong type', headers: { ...image, 'content-type': 'text/html' }, body: '<p>' },
    { kind: 'wrong type', headers: image, body: `%PDF-1.7 ${index}` },
    { kind: 'huge', headers: image, body: new Uint8Array(MAXIMUM_BODY + random(500_000)) },
    { kind: 'huge', headers: json, body: JSON.stringify({ image: 'A'.repeat(5_000_000 + random(900_000)) }) },
    { kind: 'slow', headers: image, body: bytes.subarray(0, 20_000), pieces: 8 },
    { kind: 'broken JSON', headers: json, body: `{"image": "${index}` },
    { kind: 'broken JSON', headers: json, body: '['.repeat(10_000) },
    {
      kind: 'broken form',
      headers: { ...image, 'content-type': 'multipart/form-data; boundary=x' },
      body: '--x\r\n',
    },
    { kind: 'unicode', headers: json, body: JSON.stringify({ key: `照片/😀\u0000\ud800${index}` }) },
    { kind: 'unicode', method: 'GET', path: `photos/${encodeURIComponent(`张${index}`)}`, headers: image },
    { kind: 'path tricks', method: 'GET', path: `photos/..%2f..%2f${index}`, headers: image },
    { kind: 'path tricks', headers: json, body: JSON.stringify({ key: `../../etc/passwd${index}` }) },
    { kind: 'wrong keys', headers: { ...image, 'x-api-key': `fd_${'A'.repeat(43)}` }, body: bytes },
    { kind: 'wrong keys', headers: { authorization: `Bearer ${'x'.repeat(random(4000))}` }, body: bytes },
    {
      kind: 'wrong parameters',
      path: `predict?maximumFaces=${index}e9&landmarks=x`,
      headers: image,
      body: bytes,
    },
    { kind: 'no such thing', method: 'PATCH', path: `photos/${index}`, headers: image },
    { kind: 'no such thing', method: 'DELETE', path: `photos/${'A'.repeat(32)}`, headers: image },
  ];
  return kinds[index % kinds.length] ?? { kind: 'none' };
}

/** A number from 0 to 1 that looks random. */
const fraction = (index: number, salt: number) =>
  Math.abs(Math.sin(index * 12.9898 + salt) * 43_758.5453) % 1;

/** Overwrites a stretch of a file. */
function spoil(bytes: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const spoilt = bytes.slice();
  const start = 2 + Math.floor(fraction(index, 1) * (bytes.length - 1000));
  for (let at = start; at < start + 1000; at++) spoilt[at] = (at * 197 + index) % 256;
  return spoilt;
}

/** Sends a thousand of them. @returns how many of each kind were answered with which status */
export async function sendBadRequests(target: Target): Promise<Map<string, Map<number, number>>> {
  const answers = new Map<string, Map<number, number>>();
  await pMap(
    Array.from({ length: COUNT }, (_, index) => badRequest(index, target)),
    async (bad) => {
      const status = await send(bad, target.url);
      const statuses = answers.get(bad.kind) ?? new Map<number, number>();
      answers.set(bad.kind, statuses.set(status, (statuses.get(status) ?? 0) + 1));
    },
    { concurrency: PARALLEL },
  );
  return answers;
}

function send({ method = 'POST', path = 'predict', headers, body, pieces = 1 }: BadRequest, url: string) {
  return new Promise<number>((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0));
    });
    sent.once('error', reject);
    writeSlowly(sent, Buffer.from(body ?? ''), pieces).catch(reject);
  });
}

async function writeSlowly(sent: ReturnType<typeof request>, body: Buffer, pieces: number): Promise<void> {
  const size = Math.ceil(body.length / pieces);
  for (let piece = 0; piece < pieces - 1; piece++) {
    sent.write(body.subarray(piece * size, (piece + 1) * size));
    await sleep(100);
  }
  sent.end(body.subarray((pieces - 1) * size));
}
