import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import getPort, { clearLockedPorts } from 'get-port';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { credentialsSchema, readJson } from './stack.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const HOST = '127.0.0.1';
const START_TIMEOUT = 60_000;
/** Time to save what it holds, in milliseconds. */
const STOP_TIMEOUT = 30_000;

/** The account that MiniStack takes every caller to be of. */
export const ACCOUNT = '000000000000';
const REGION = 'us-east-1';

/** What a local AWS is reached by, from one start to the next. */
const accessSchema = z.object({ port: z.int().positive(), credentials: credentialsSchema });

/** How AWS clients reach a local AWS. */
export interface LocalAws {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: z.infer<typeof credentialsSchema>;
}

/** Runs MiniStack, and lets only those use it who may. */
const GUARD = path.join(import.meta.dirname, 'guard.py');

export interface MiniStackOptions {
  /** A Python that has MiniStack. */
  readonly python: string;
  /** Where it keeps everything it writes. */
  readonly folder: string;
  /** Origins of pages elsewhere that may call the HTTP API and upload photos, such as `https://example.com`. */
  readonly origins?: readonly string[];
  /** Allow only what policies and roles allow, and only over TLS, as AWS does; the rest of the time anyone may do anything. */
  readonly strict?: boolean;
}

/** A running local AWS. */
export interface MiniStack {
  readonly aws: LocalAws;
  /** Its log file. */
  readonly log: string;
  /** Settles when it ends, whoever ended it. */
  readonly ended: Promise<void>;
  /** Saves what it holds and ends it. */
  stop(): Promise<void>;
}

/**
 * Starts MiniStack on a free port of the loopback interface, with what it held when it was last stopped.
 * @throws Error with the end of its log when it does not come up
 */
export async function startMiniStack({
  python,
  folder,
  origins = [],
  strict = false,
}: MiniStackOptions): Promise<MiniStack> {
  const scratch = path.join(folder, 'tmp');
  // What a local AWS that was killed left behind.
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  // Photos and keys are nobody else's.
  await chmod(folder, 0o700);
  // Functions are unpacked below this project, whose own JavaScript files are modules; theirs are not.
  await writeFile(path.join(scratch, 'package.json'), '{ "type": "commonjs" }');
  const { port, credentials } = await chooseAccess(folder);
  const endpoint = `${strict ? 'https' : 'http'}://${HOST}:${port}`;

  const logFile = path.join(folder, 'ministack.log');
  const output = await open(logFile, 'w');
  const child = spawn(python, [GUARD], {
    detached: true,
    stdio: ['pipe', output.fd, output.fd],
    env: {
      ...environment(folder, scratch, port),
      // Functions in custom runtimes learn from this where they are.
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      FACEDROP_ACCOUNT: ACCOUNT,
      FACEDROP_ORIGINS: origins.join(' '),
      ...(strict && { AUTH: 'true', USE_SSL: '1', NODE_EXTRA_CA_CERTS: certificateIn(scratch) }),
    },
  });
  await output.close();
  const ended = once(child, 'exit').then(() => undefined);
  const stop = async () => {
    child.stdin?.end();
    await Promise.race([ended, sleep(STOP_TIMEOUT, undefined, { ref: false })]);
    killGroup(child);
    await ended;
    // Functions may still be ending, and write while they do.
    await rm(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };

  const deadline = Date.now() + START_TIMEOUT;
  while (!(await isReady(endpoint))) {
    if (strict) await trust(certificateIn(scratch));
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      killGroup(child);
      throw new Error(
        `Expected MiniStack to answer at ${endpoint} but it did not come up. ` +
          `Its log, ${logFile}, ends with:\n${await tail(logFile)}`,
      );
    }
    await sleep(50);
  }
  return { aws: { endpoint, region: REGION, credentials }, log: logFile, ended, stop };
}

/** Made by itself when it is to be talked to over TLS. */
const certificateIn = (scratch: string) => path.join(scratch, 'ministack-tls', 'server.crt');

const stateFolder = (folder: string) => path.join(folder, 'state');

/**
 * The port it had before, if that is free, and the credentials it had before: what uses it need not learn others.
 * Both are random the first time.
 */
async function chooseAccess(folder: string): Promise<z.infer<typeof accessSchema>> {
  const file = path.join(folder, 'access.json');
  const { data: before } = accessSchema.safeParse(await readJson(file));
  // This process may have had it itself, just before.
  clearLockedPorts();
  const port = await getPort(before && { port: before.port });
  if (before && before.port !== port) await moveState(stateFolder(folder), before.port, port);
  const access = { port, credentials: before?.credentials ?? createCredentials() };
  await writeFileAtomic(file, JSON.stringify(access), { mode: 0o600 });
  return access;
}

const createCredentials = () => ({
  accessKeyId: `FACEDROP${randomBytes(8).toString('hex').toUpperCase()}`,
  secretAccessKey: randomBytes(30).toString('base64url'),
});

/** MiniStack knows its queues by their URLs, which contain the port. */
async function moveState(state: string, from: number, to: number): Promise<void> {
  for (const name of await readdir(state).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    const file = path.join(state, name);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replaceAll(`${HOST}:${from}/`, `${HOST}:${to}/`));
  }
}

/** Nothing of the caller's own AWS settings reaches the functions. */
function environment(folder: string, scratch: string, port: number): NodeJS.ProcessEnv {
  return {
    // The functions run under the first `node` on the path, which is to be the project's own.
    PATH: [path.join(ROOT, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter),
    HOME: scratch,
    TMPDIR: scratch,
    LANG: 'C.UTF-8',
    PYTHONUNBUFFERED: '1',
    BIND_HOST: HOST,
    MINISTACK_HOST: HOST,
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: REGION,
    PERSIST_STATE: '1',
    STATE_DIR: stateFolder(folder),
    S3_PERSIST: '1',
    S3_DATA_DIR: path.join(folder, 's3'),
    LAMBDA_EXECUTOR: 'local',
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

async function isReady(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_ministack/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Has this process accept the certificate that MiniStack makes for itself, once it is there. */
async function trust(certificate: string): Promise<void> {
  const text = await readFile(certificate, 'utf8').catch(() => undefined);
  if (text) tls.setDefaultCACertificates([...tls.rootCertificates, text]);
}

/** The process and all that it started, if any of them is still there. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // None is.
  }
}

async function tail(file: string): Promise<string> {
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-10).join('\n');
}
