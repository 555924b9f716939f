import { spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { USUAL_NAMES } from '../attributes/list.ts';
import { withChips } from '../functions/shared/carried-chips.ts';
import type { FacesFound } from '../functions/shared/message.ts';
import { buildCode } from '../infra/code.ts';
import { parseConfig } from '../infra/config.ts';
import { hostPlatform } from '../layers/platform.ts';
import type { PhotoChips } from '../models/photo-chips.ts';
import { synthesise } from '../test/infra/synthesis.ts';
import { type AwsDouble, startAwsDouble } from './aws-double.ts';

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

/** How attributes are grouped into functions, as the setting `estimators` takes it. */
const GROUPINGS = [USUAL_NAMES.join(' / '), USUAL_NAMES.join('+')];

const DETECT = 'detect';

/** The built functions and layer, run as Lambda runs them, against a double of AWS. */
export class Functions {
  readonly #folder: string;
  readonly #layer: string;
  readonly #settings: ReadonlyMap<string, Settings>;
  readonly #aws: AwsDouble;

  private constructor(
    folder: string,
    layer: string,
    settings: ReadonlyMap<string, Settings>,
    aws: AwsDouble,
  ) {
    this.#folder = folder;
    this.#layer = layer;
    this.#settings = settings;
    this.#aws = aws;
  }

  static async start(): Promise<Functions> {
    const { layer, functions } = await buildCode(parseConfig({}), hostPlatform());
    // Away from this project, whose own JavaScript files are modules.
    const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-bench-'));
    await cp(path.dirname(functions.detect), folder, { recursive: true });
    const aws = await startAwsDouble();
    const settings = new Map(GROUPINGS.flatMap((estimators) => settingsIn(synthesise({ estimators }))));
    return new Functions(folder, layer, settings, aws);
  }

  /**
   * Starts a new process and has it handle one batch of messages.
   * @param name "detect", or what is estimated: "age", "age+gender" …
   * @param input a photo to detect faces in, or chips to estimate from
   * @param messages in the batch, all alike
   */
  async invoke(name: string, input: Uint8Array | PhotoChips, messages = 1): Promise<Invocation> {
    const isPhoto = input instanceof Uint8Array;
    this.#aws.object = isPhoto ? input : input.chips;
    this.#aws.metadata = isPhoto ? {} : { specs: JSON.stringify(input.specs) };
    const body = JSON.stringify(isPhoto ? NOTIFICATION : await facesFound(input));
    const child = spawn(
      process.execPath,
      [
        path.join(import.meta.dirname, 'invoke.cjs'),
        path.join(this.#folder, name === DETECT ? DETECT : 'estimate'),
      ],
      { env: this.#environment(name), stdio: ['pipe', 'pipe', 'inherit'] },
    );
    child.stdin.end(JSON.stringify(batch(body, messages)));
    const output = await text(child.stdout);
    // The function's own log lines come before.
    return invocationSchema.parse(JSON.parse(output.trimEnd().split('\n').at(-1) ?? ''));
  }

  async stop(): Promise<void> {
    this.#aws.close();
    await rm(this.#folder, { recursive: true });
  }

  /** As the stack and Lambda set it. */
  #environment(name: string): NodeJS.ProcessEnv {
    const settings = this.#settings.get(name);
    if (!settings) throw new Error(`Expected one of ${[...this.#settings.keys()]} but received ${name}.`);
    return {
      ...settings,
      QUEUE_URL: `${this.#aws.endpoint}/queue`,
      ESTIMATE_QUEUES: USUAL_NAMES.map((name) => `${name}=${this.#aws.endpoint}/${name}`).join(' '),
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
    };
  }
}

const functionSchema = z.object({
  Properties: z.object({
    Environment: z.object({
      Variables: z.record(
        z.string(),
        // A value that only AWS knows is as good as the template writes it.
        z.union([z.string(), z.json().transform((reference) => JSON.stringify(reference))]),
      ),
    }),
  }),
});
type Settings = z.infer<typeof functionSchema>['Properties']['Environment']['Variables'];

/** What the stack sets in the environment of detect, and of what estimates, by what that estimates. */
function settingsIn(template: Template): (readonly [name: string, settings: Settings])[] {
  const functions = Object.entries(template.findResources('AWS::Lambda::Function'));
  return functions.flatMap(([id, found]) => {
    const { data } = functionSchema.safeParse(found);
    const settings = data?.Properties.Environment.Variables;
    const name = id.startsWith('DetectFunction') ? DETECT : settings?.QUEUE_URL && settings.ATTRIBUTES;
    return settings && name ? [[name, settings] as const] : [];
  });
}

const NOTIFICATION = {
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      eventTime: new Date().toISOString(),
      s3: { bucket: { name: 'photos' }, object: { key: 'photo.jpg', eTag: 'etag', sequencer: '01' } },
    },
  ],
};

/** What detect sends of faces; as long as it is at least, as the photo's key and the event on AWS are longer. */
export async function facesFound(chips: PhotoChips): Promise<FacesFound> {
  const event = JSON.stringify(NOTIFICATION);
  const message = { photo: 'photo.jpg', analysis: 'analysis', outstanding: [...USUAL_NAMES], event };
  return (await withChips(message, chips)) ?? message;
}

function batch(body: string, messages: number) {
  return {
    Records: Array.from({ length: messages }, (_, index) => ({
      messageId: String(index),
      eventSource: 'aws:sqs',
      body,
      receiptHandle: String(index),
      attributes: { ApproximateReceiveCount: '1' },
    })),
  };
}
