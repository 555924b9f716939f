import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { buildCode } from '../infra/code.ts';
import { type Config, parseConfig } from '../infra/config.ts';
import { hostPlatform } from '../layers/platform.ts';
import { type AwsDouble, startAwsDouble } from './aws-double.ts';
import { chips } from './builtins.ts';

const invocationSchema = z.object({
  /** Milliseconds: `start` and `total` since the process was spawned, `load` of the bundle, and parts of that. */
  marks: z.record(z.string(), z.number()),
  /** CPU time of all threads, in milliseconds. */
  cpu: z.number(),
  /** The most memory that the process had, in MiB. */
  memory: z.number(),
  result: z.object({ batchItemFailures: z.array(z.never()) }),
});
export type Invocation = z.infer<typeof invocationSchema>;

export type FunctionName = 'detect' | 'age';

/** The built functions and layer, run as Lambda runs them, against a double of AWS. */
export class Functions {
  readonly #folder: string;
  readonly #layer: string;
  readonly #config: Config;
  readonly #aws: AwsDouble;

  private constructor(folder: string, layer: string, config: Config, aws: AwsDouble) {
    this.#folder = folder;
    this.#layer = layer;
    this.#config = config;
    this.#aws = aws;
  }

  static async start(): Promise<Functions> {
    const config = parseConfig({});
    const { layer, functions } = await buildCode(config, hostPlatform());
    // Away from this project, whose own JavaScript files are modules.
    const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-bench-'));
    await cp(path.dirname(functions.detect), folder, { recursive: true });
    const aws = await startAwsDouble();
    aws.metadata = { specs: JSON.stringify(chips) };
    return new Functions(folder, layer, config, aws);
  }

  /**
   * Starts a new process and has it handle one batch of messages.
   * @param object what S3 gives to the function: a photo to detect, chips to age
   * @param messages in the batch, all alike
   */
  async invoke(name: FunctionName, object: Uint8Array, messages = 1): Promise<Invocation> {
    this.#aws.object = object;
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'invoke.cjs'), path.join(this.#folder, name)],
      { env: this.#environment(), stdio: ['pipe', 'pipe', 'inherit'] },
    );
    child.stdin.end(JSON.stringify(batch(name, messages)));
    const output = await text(child.stdout);
    // The function's own log lines come before.
    return invocationSchema.parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
  }

  async stop(): Promise<void> {
    this.#aws.close();
    await rm(this.#folder, { recursive: true });
  }

  /** As the stack and Lambda set it. */
  #environment(): NodeJS.ProcessEnv {
    const { itemDays, maximumBytes, maximumFaces, maximumPixels, maximumTries, minimumConfidence } =
      this.#config;
    return {
      PATH: process.env.PATH,
      NODE_PATH: path.join(this.#layer, 'nodejs', 'node_modules'),
      SPAWNED_AT: String(Date.now()),
      AWS_ENDPOINT_URL: this.#aws.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_LAMBDA_FUNCTION_NAME: 'facedrop',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: '/var/task',
      _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      POWERTOOLS_SERVICE_NAME: 'facedrop',
      POWERTOOLS_METRICS_NAMESPACE: 'facedrop',
      TABLE_NAME: 'photos',
      CHIP_BUCKET: 'chips',
      LABEL_BUCKET: 'labels',
      ATTRIBUTES: 'age',
      TRAINING_BUCKET: 'training',
      EVENT_BUS_NAME: 'events',
      TOPIC_ARN: 'arn:aws:sns:us-east-1:000000000000:faces',
      MAXIMUM_TRIES: String(maximumTries),
      QUEUE_URL: 'http://127.0.0.1/queue',
      MINIMUM_CONFIDENCE: String(minimumConfidence),
      MAXIMUM_FACES: String(maximumFaces),
      MAXIMUM_BYTES: String(maximumBytes),
      MAXIMUM_PIXELS: String(maximumPixels),
      ITEM_DAYS: String(itemDays),
    };
  }
}

function batch(name: FunctionName, messages: number) {
  const notification = {
    Records: [
      {
        eventSource: 'aws:s3',
        eventName: 'ObjectCreated:Put',
        eventTime: new Date().toISOString(),
        s3: { bucket: { name: 'photos' }, object: { key: 'photo.jpg', eTag: 'etag', sequencer: '01' } },
      },
    ],
  };
  const facesFound = { photo: 'photo.jpg', analysis: 'analysis', event: '{}' };
  const body = JSON.stringify(name === 'detect' ? notification : facesFound);
  return {
    Records: Array.from({ length: messages }, (_, index) => ({
      messageId: String(index),
      eventSource: 'aws:sqs',
      body,
      attributes: { ApproximateReceiveCount: '1' },
    })),
  };
}
