import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, connectTo, NoStackError } from '../../cli/target.ts';
import { readLocalStack } from '../../local/stack.ts';
import { testStack } from '../stack.ts';

const stack = await testStack();
const folder = process.env.FACEDROP_FOLDER;
// The local AWS in the place of the real one.
process.env.AWS_ENDPOINT_URL = stack.endpoint;
process.env.AWS_ACCESS_KEY_ID = stack.credentials.accessKeyId;
process.env.AWS_SECRET_ACCESS_KEY = stack.credentials.secretAccessKey;

test('connects to the local stack that is running', async () => {
  const target = await connect(folder ? { folder } : {});
  assert.deepEqual(target.stack, await readLocalStack(folder));
  assert.equal(target.stack.endpoint, stack.endpoint);
  assert.equal(target.description, `the local stack at ${stack.endpoint}`);
});

test('learns the same of a deployed stack from its outputs', async () => {
  const local = new Map<string, unknown>(Object.entries(stack));
  const { stack: deployed, description } = await connect({ aws: true, region: stack.region });
  assert.equal(deployed.endpoint, undefined);
  assert.equal(deployed.credentials, undefined);
  for (const [name, value] of Object.entries(deployed)) {
    // A local stack's API has another address on the local AWS than the outputs say.
    if (name !== 'apiUrl' && value !== undefined)
      assert.deepEqual({ name, value }, { name, value: local.get(name) });
  }
  assert.ok(
    deployed.photoBucket && deployed.table && deployed.uploadQueue && deployed.estimators.length === 3,
  );
  assert.equal(description, `stack ${stack.stackName} in ${stack.region}`);
});

test('goes to AWS when a stack or region is named', async () => {
  assert.equal((await connect({ stack: stack.stackName, region: stack.region })).stack.endpoint, undefined);
  assert.equal((await connect({ region: stack.region })).stack.endpoint, undefined);
});

test('says what to run when a stack cannot be found', async () => {
  await assert.rejects(connect({ stack: 'missing', region: stack.region }), (error) => {
    assert.ok(error instanceof NoStackError);
    assert.match(error.message, /^Expected stack "missing" on AWS but could not find it \(.+\)\. Deploy it/);
    assert.match(error.message, /"npm run deploy".*--stack/);
    return true;
  });
});

test('does not go to AWS unasked when no local stack is running', async () => {
  const running = await readLocalStack();
  // Whoever works on the project may be running one.
  if (running) return assert.deepEqual((await connect()).stack, running);
  await assert.rejects(connect(), {
    name: 'NoStackError',
    message: /^Expected a running local stack but there is none\. .*"npm start".* --aws/,
  });
});

test('says by which options other commands reach the same stack', async () => {
  assert.equal(connectTo(stack).flags, '');
  assert.equal(connectTo(stack, { folder: 'other' }).flags, ' --folder other');
  assert.equal(connectTo(stack, { folder: "Ann's stack" }).flags, String.raw` --folder 'Ann'\''s stack'`);
  const { region } = stack;
  const { flags } = await connect({ aws: true, region });
  assert.equal(flags, ` --aws --region ${region}`);
});
