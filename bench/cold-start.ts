import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { execa } from 'execa';
import { z } from 'zod';
import { createNotification } from '../cli/notification.ts';
import { connectTo } from '../cli/target.ts';
import { buildCode } from '../infra/code.ts';
import { hostPlatform } from '../layers/platform.ts';
import type { LocalStack } from '../local/stack.ts';
import { median } from './cpu.ts';
import { startBenchStack } from './stack.ts';
import { markdownTable } from './table.ts';

/**
 * A function's cold start: a new Node process loads the function's bundle and the model layer as Lambda does,
 * and handles its first message, real services included. The files are in the system's cache.
 */

const STARTS = 7;

const measuredSchema = z.object({
  /** Milliseconds from the start of the process until the bundle is loaded, and until the first result. */
  loaded: z.number(),
  answered: z.number(),
  /** Peak resident memory, in MB. */
  memory: z.number(),
  failures: z.array(z.unknown()).length(0),
});
export type ColdStart = z.infer<typeof measuredSchema>;

/** What runs in the new process; its arguments are the bundle and the event. */
const RUNNER = `
const [bundle, event] = process.argv.slice(1);
const { handler } = require(bundle);
const loaded = performance.now();
const context = { functionName: 'bench', awsRequestId: 'bench', getRemainingTimeInMillis: () => 60000 };
handler(JSON.parse(event), context).then(({ batchItemFailures: failures }) => {
  const answered = performance.now();
  console.log(JSON.stringify({ loaded, answered, memory: process.resourceUsage().maxRSS / 1024, failures }));
  process.exit();
});`;

export async function measureColdStart(stack: LocalStack): Promise<ColdStart> {
  const { layer, functions } = await buildCode('onnx', hostPlatform());
  // As on Lambda, where no package.json lies above the bundle.
  const folder = await mkdtemp(path.join(tmpdir(), 'cold-start-'));
  await cp(functions.detect, folder, { recursive: true });
  const environment = await detectEnvironment(stack);
  const { s3 } = connectTo(stack);
  const key = 'bench/cold-start.jpg';
  const photo = await readFile(path.resolve(import.meta.dirname, '..', 'samples', 'astronaut.jpg'));
  await s3.send(new PutObjectCommand({ Bucket: stack.photoBucket, Key: key, Body: photo }));
  const { ETag = '' } = await s3.send(new GetObjectCommand({ Bucket: stack.photoBucket, Key: key }));
  const starts: ColdStart[] = [];
  for (let start = 0; start <= STARTS; start++) {
    const stored = { key, size: photo.length, etag: ETag.replaceAll('"', '') };
    const body = createNotification(stack, stored, `cold-start-${start}`);
    const record = {
      messageId: '1',
      body,
      attributes: { ApproximateReceiveCount: '1' },
      eventSource: 'aws:sqs',
    };
    const { stdout } = await execa(
      process.execPath,
      ['-e', RUNNER, path.join(folder, 'index.js'), JSON.stringify({ Records: [record] })],
      { env: { ...environment, NODE_PATH: path.join(layer, 'nodejs', 'node_modules') } },
    );
    // Logs come first. The very first start fills the file cache.
    if (start > 0) starts.push(measuredSchema.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')));
  }
  await rm(folder, { recursive: true });
  return {
    loaded: median(starts.map(({ loaded }) => loaded)),
    answered: median(starts.map(({ answered }) => answered)),
    memory: median(starts.map(({ memory }) => memory)),
    failures: [],
  };
}

/** The environment that the deployed detect function has, and where its AWS is. */
async function detectEnvironment(stack: LocalStack): Promise<Record<string, string>> {
  const lambda = new LambdaClient(stack);
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const FunctionName = Functions.find(({ FunctionName: name }) => name?.includes('Detect'))?.FunctionName;
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return {
    ...Environment?.Variables,
    AWS_ENDPOINT_URL: stack.endpoint,
    AWS_REGION: stack.region,
    AWS_ACCESS_KEY_ID: stack.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stack.credentials.secretAccessKey,
  };
}

export function describeColdStart({ loaded, answered, memory }: ColdStart): string {
  return `### Cold start

The detect function in a new process, file cache warm, median of ${STARTS} starts; its first photo read from, and its
faces written to, the local stack.

${markdownTable(
  ['', 'measured', 'goal'],
  [
    ['bundle loaded after, ms', loaded.toFixed(0), ''],
    ['first result after, ms', answered.toFixed(0), '600'],
    ['peak memory, MB', memory.toFixed(0), '300'],
  ],
)}
`;
}

if (import.meta.main) {
  const running = await startBenchStack();
  try {
    console.log(describeColdStart(await measureColdStart(running.stack)));
  } finally {
    await running.stop();
  }
  process.exit();
}
