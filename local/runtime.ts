import path from 'node:path';

/**
 * Runs a handler's TypeScript source in Lambda's custom runtime, by Lambda's Runtime API
 * (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html). AWS's own client for Node.js has to be compiled.
 */

type Handler = (event: unknown, context: object) => unknown;

/** An execution environment with nothing to do ends after this long, and frees its memory. */
const IDLE = 60_000;

const { AWS_LAMBDA_RUNTIME_API: host, _HANDLER: name = '', FACEDROP_ROOT: root = '' } = process.env;
const api = `http://${host}/2018-06-01/runtime`;

const post = (route: string, body: unknown) =>
  fetch(`${api}/${route}`, { method: 'POST', body: JSON.stringify(body ?? null) });

function describe(error: unknown) {
  const { name, message, stack = '' } = error instanceof Error ? error : new Error(String(error));
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}

async function load(): Promise<Handler> {
  const { dir, name: file, ext } = path.parse(name);
  const module = await import(path.join(root, dir, `${file}.ts`));
  return module[ext.slice(1)];
}

async function serve(handler: Handler): Promise<void> {
  const idle = setTimeout(() => process.exit(), IDLE);
  const invocation = await fetch(`${api}/invocation/next`);
  clearTimeout(idle);
  const header = (key: string) => invocation.headers.get(`lambda-runtime-${key}`) ?? '';
  const [id, deadline] = [header('aws-request-id'), Number(header('deadline-ms'))];
  const context = {
    awsRequestId: id,
    invokedFunctionArn: header('invoked-function-arn'),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    await post(`invocation/${id}/response`, await handler(await invocation.json(), context));
  } catch (error) {
    console.error(error);
    await post(`invocation/${id}/error`, describe(error));
  }
}

const handler = await load().catch(async (error: unknown) => {
  await post('init/error', describe(error));
  throw error;
});
for (;;) await serve(handler);
