import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { DeleteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { connectTo } from '../../../cli/target.ts';
import { DataSets } from '../../../functions/training/shared/data-sets.ts';
import { Director } from '../../../functions/training/shared/director.ts';
import { describeEnd, describeFailure } from '../../../functions/training/shared/failure.ts';
import {
  createTrainingId,
  draftOf,
  extendCurve,
  type Point,
  startSchema,
  TRAINING_ID,
} from '../../../functions/training/shared/training.ts';
import { Trainings } from '../../../functions/training/shared/trainings.ts';
import { startTestStack } from '../../stack.ts';
import { assertProblem, Client } from '../api/client.ts';
import { putFaces } from './orchestration.ts';

// A stack of its own: as many trainings run as these tests start.
const own = await startTestStack();
after(() => own.stop());
const { stack, dynamo, s3, sfn } = connectTo(own.stack);
const trainings = new Trainings(dynamo, stack.trainingTable);
const maximum = { minutes: 60, dollars: 1 };
const director = new Director({
  trainings,
  sfn,
  sets: new DataSets({ client: s3, bucket: stack.trainingBucket, labelBucket: stack.labelBucket }),
  machine: stack.trainingMachine ?? '',
  maximum,
});

const draft = () => {
  const id = createTrainingId('age');
  const execution = `${stack.trainingMachine?.replace(':stateMachine:', ':execution:')}:${id}`;
  return draftOf({ id, execution, start: startSchema.parse({ task: 'age', data: 'none' }), maximum });
};

/** The first function of a training, as the state machine calls it. */
const survey = await loadSurvey();
async function loadSurvey(): Promise<(event: unknown) => Promise<unknown>> {
  Object.assign(process.env, {
    ...{ AWS_ENDPOINT_URL: stack.endpoint, AWS_REGION: stack.region },
    ...{ AWS_ACCESS_KEY_ID: stack.credentials?.accessKeyId },
    ...{ AWS_SECRET_ACCESS_KEY: stack.credentials?.secretAccessKey },
    ...{ TRAINING_BUCKET: stack.trainingBucket, TRAINING_TABLE: stack.trainingTable },
    ...{ MAXIMUM_TRAINING_MINUTES: maximum.minutes, MAXIMUM_TRAINING_DOLLARS: maximum.dollars },
    CORRECTIONS_PER_OWNER: 1000,
  });
  const { handler } = await import('../../../functions/training/survey/handler.ts');
  const context = { functionName: 'survey', awsRequestId: '' } as Context;
  return (event) => handler(event, context);
}

/** Makes an item look as if nothing had happened to it for an hour. */
const age = (kind: 'training' | 'lock', id: string, attribute: string) =>
  dynamo.send(
    new UpdateCommand({
      TableName: stack.trainingTable,
      Key: { kind, id },
      UpdateExpression: 'SET #attribute = :past',
      ExpressionAttributeNames: { '#attribute': attribute },
      ExpressionAttributeValues: { ':past': new Date(Date.now() - 3_600_000).toISOString() },
    }),
  );

const unlock = () =>
  dynamo.send(new DeleteCommand({ TableName: stack.trainingTable, Key: { kind: 'lock', id: 'age' } }));

describe('the lock of a task', () => {
  beforeEach(unlock);

  it('lets one training begin, and the next one when it has ended', async () => {
    const { id } = await trainings.create(draft());
    await assert.rejects(trainings.create(draft()), {
      name: 'TaskLockedError',
      message: `Expected no other training of "age" to be running but ${id} is. Wait until it is done, or cancel it.`,
    });
    await trainings.conclude(id, { status: 'cancelled' });
    const second = await trainings.create(draft());
    assert.equal(await trainings.holder('age'), second.id);
  });

  it('frees itself when its training gave no sign of life for long, which then cannot go on', async () => {
    const first = await trainings.create(draft());
    await age('lock', 'age', 'heldUntil');
    const second = await trainings.create(draft());
    await assert.rejects(trainings.note(first), /Expected training .+ to be running but it was ended/);
    await trainings.conclude(first.id, { status: 'failed' });
    assert.equal(await trainings.holder('age'), second.id);
  });

  it('is kept by signs of life', async () => {
    const first = await trainings.create(draft());
    await age('lock', 'age', 'heldUntil');
    await trainings.note(first, { status: 'training' });
    await assert.rejects(trainings.create(draft()), { name: 'TaskLockedError' });
  });

  it('of an execution that is gone goes to the next one', async () => {
    const { id } = await trainings.create(draft());
    await age('training', id, 'updatedAt');
    const dead = await director.get(id);
    assert.equal(dead?.status, 'failed');
    assert.equal(dead?.failure?.code, 'interrupted');
    assert.equal(await trainings.holder('age'), undefined);
  });

  it('and its training are kept for as long as it goes on, and for some days more', async () => {
    const { id } = await trainings.create(draft());
    const running = await trainings.note({ id, task: 'age' }, { keepDays: 1 });
    assert.equal(running.expiresAt, undefined);
    const { expiresAt = 0 } = await trainings.conclude(id, { status: 'cancelled' });
    assert.ok(Math.abs(expiresAt - Date.now() / 1000 - 86_400) < 60);
  });

  it('and its training stay as they ended', async () => {
    const { id } = await trainings.create(draft());
    await trainings.conclude(id, { status: 'cancelled' });
    await trainings.conclude(id, { status: 'failed', failure: { code: 'late', message: 'Too late.' } });
    assert.equal((await trainings.find(id)).status, 'cancelled');
    assert.equal((await director.cancel(id))?.cancelRequestedAt, undefined);
  });
});

describe('trainings of all tasks', () => {
  it('are ten at the same time, however many tasks are made up', async () => {
    await unlock();
    const running = await Promise.all(
      Array.from({ length: 10 }, (_, index) => {
        const task = `crowd${index}`;
        const id = createTrainingId(task);
        const execution = `${stack.trainingMachine?.replace(':stateMachine:', ':execution:')}:${id}`;
        const start = startSchema.parse({ task, data: 'none' });
        return trainings.create(draftOf({ id, execution, start, maximum }));
      }),
    );
    await assert.rejects(director.start({ task: 'age', data: 'none' }), {
      name: 'CrowdedError',
      message:
        'Expected fewer than 10 trainings to be running but 10 are. Wait until one is done, or cancel one.',
    });
    const client = await Client.create({ trainings: true }, own.stack);
    assertProblem(await client.sendJson('POST', 'trainings', { task: 'age', data: 'none' }), 'training-runs');
    // One that died without a word is none of them.
    await age('training', running[0]?.id ?? '', 'updatedAt');
    await assert.rejects(director.start({ task: 'age', data: 'none' }), { name: 'NoSuchDataError' });
    for (const { id } of running) await trainings.conclude(id, { status: 'cancelled' });
  });
});

describe('a training that is to end and cannot', () => {
  beforeEach(unlock);

  it('is stopped, once there was time enough for it to end by itself', async () => {
    // As one of AWS Batch does that waits for a machine.
    const definition = JSON.stringify({
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } },
    });
    const roleArn = 'arn:aws:iam::000000000000:role/none';
    const { stateMachineArn } = await sfn.send(
      new CreateStateMachineCommand({ name: 'waiting', definition, roleArn }),
    );
    const { executionArn = '' } = await sfn.send(new StartExecutionCommand({ stateMachineArn }));
    const statusOf = async () => (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status;
    const { id } = await trainings.create({ ...draft(), execution: executionArn });
    await age('training', id, 'updatedAt');

    assert.equal((await director.cancel(id))?.status, 'preparing');
    assert.equal((await director.get(id))?.status, 'preparing');
    assert.equal(await statusOf(), 'RUNNING');
    await age('training', id, 'cancelRequestedAt');
    assert.equal((await director.get(id))?.status, 'cancelled');
    assert.equal(await statusOf(), 'ABORTED');
    assert.equal(await trainings.holder('age'), undefined);
    await sfn.send(new DeleteStateMachineCommand({ stateMachineArn }));
  });
});

describe('a training whose execution ends without it', () => {
  beforeEach(unlock);

  it('says why, though nobody asks', async () => {
    // Enough to prepare and to learn from that it does not end before it is stopped.
    await putFaces(await Client.create({}, own.stack), 'stopped');
    const { id, execution } = await director.start({ task: 'age', data: 'stopped' });
    while (!(await trainings.find(id)).prepared) await sleep(50);
    await sfn.send(new StopExecutionCommand({ executionArn: execution }));
    while (!(await trainings.find(id)).endedAt) await sleep(100);
    const { status, failure } = await trainings.find(id);
    assert.equal(status, 'failed');
    assert.deepEqual(failure, {
      code: 'interrupted',
      message: 'Its execution was stopped in AWS Step Functions before it was done. Start it again.',
    });
    assert.equal(await trainings.holder('age'), undefined);
  });
});

describe('a training that a schedule starts', () => {
  beforeEach(unlock);

  it('is skipped while another one of its task runs, and says so', async () => {
    const running = await trainings.create(draft());
    const name = createTrainingId('age');
    const { executionArn } = await sfn.send(
      new StartExecutionCommand({
        stateMachineArn: stack.trainingMachine,
        name,
        input: JSON.stringify({ task: 'age', data: 'none' }),
      }),
    );
    const describe = () => sfn.send(new DescribeExecutionCommand({ executionArn }));
    while ((await describe()).status === 'RUNNING') await sleep(100);
    assert.equal((await describe()).status, 'SUCCEEDED');
    const skipped = await trainings.find(name);
    assert.equal(skipped.status, 'skipped');
    assert.ok(skipped.endedAt && skipped.expiresAt);
    assert.deepEqual(skipped.failure, {
      code: 'task-locked',
      message: `It was skipped because ${running.id} was training "age" at the time. Start it again, or wait for the schedule.`,
    });
    assert.equal(await trainings.holder('age'), running.id);
    // The function may be tried again.
    assert.deepEqual(await survey({ id: name, execution: '', start: {} }), {
      ...{ ended: true, batches: '', count: 0 },
    });
  });
});

describe('a budget', () => {
  beforeEach(unlock);
  const start = { task: 'age', data: 'none' } as const;

  it('is the most there may be unless it is asked for less', () => {
    const budgetOf = (budget: object) =>
      draftOf({ id: '', execution: '', start: startSchema.parse({ ...start, budget }), maximum }).budget;
    assert.deepEqual(budgetOf({}), { minutes: 60, dollars: 1 });
    assert.deepEqual(budgetOf({ minutes: 5 }), { minutes: 5, dollars: 1 });
    assert.deepEqual(budgetOf({ minutes: 60, dollars: 1 }), { minutes: 60, dollars: 1 });
  });

  it('is refused when it is more than that', async () => {
    await assert.rejects(director.start({ ...start, budget: { minutes: 61, dollars: 1.5 } }), {
      name: 'BudgetError',
      message:
        'Expected a budget of at most 60 minutes but received 61. Ask for less, or deploy the stack with a higher ' +
        'maximumTrainingMinutes. Expected a budget of at most 1 dollars but received 1.5. Ask for less, or deploy the ' +
        'stack with a higher maximumTrainingDollars.',
    });
  });

  it('is refused over HTTP', async () => {
    const client = await Client.create({ trainings: true }, own.stack);
    const answer = await client.sendJson('POST', 'trainings', { ...start, budget: { minutes: 1441 } });
    const { detail, errors } = assertProblem(answer, 'over-budget');
    assert.match(detail, /^Expected a budget of at most 1440 minutes but received 1441\./);
    assert.deepEqual(errors, [{ field: 'budget.minutes', expected: 'at most 1440', received: '1441' }]);
  });

  it('is refused whatever starts the training', async () => {
    const id = createTrainingId('age');
    await assert.rejects(survey({ id, execution: '', start: { ...start, budget: { dollars: 1.5 } } }), {
      name: 'BudgetError',
    });
    assert.equal(await trainings.get(id), undefined);
    // One that is noted already is no exception.
    const greedy = await trainings.create({ ...draft(), budget: { minutes: 61, dollars: 1 } });
    await assert.rejects(survey({ id: greedy.id, execution: '', start }), { name: 'BudgetError' });
    const { status, failure } = await trainings.find(greedy.id);
    assert.deepEqual([status, failure?.code], ['failed', 'budget']);
  });
});

describe('a failure', () => {
  it('is what the function said, or what its end means', () => {
    const cause = JSON.stringify({ errorType: 'TrainingError', errorMessage: 'Expected more.' });
    assert.deepEqual(describeFailure({ Error: 'TrainingError', Cause: cause }), {
      code: 'training',
      message: 'Expected more.',
    });
    assert.equal(describeFailure({ Error: 'Sandbox.Timedout', Cause: '{}' }).code, 'timed-out');
    const tooLarge = { Error: 'States.DataLimitExceeded', Cause: 'The state returned a result too large.' };
    assert.deepEqual(describeEnd('FAILED', tooLarge), {
      code: 'data-limit-exceeded',
      message: tooLarge.Cause,
    });
    const crowded = { Error: 'Lambda.TooManyRequestsException', Cause: 'Rate Exceeded.' };
    assert.equal(describeFailure(crowded).code, 'no-room');
    assert.equal(describeEnd('TIMED_OUT', { Error: 'unknown', Cause: '' }).code, 'timed-out');
    assert.equal(describeEnd('ABORTED', { Error: 'unknown', Cause: '' }).code, 'interrupted');
    assert.deepEqual(describeFailure({ Error: 'NotFound', Cause: 'no JSON' }), {
      code: 'not-found',
      message: 'no JSON',
    });
  });
});

describe('a learning curve', () => {
  it('keeps its shape and every validation, and never grows beyond a hundred points', () => {
    let curve: readonly Point[] = [];
    for (let step = 10; step <= 20_000; step += 10) {
      curve = extendCurve(curve, { step, loss: 1 / step });
      if (step % 5000 === 0) curve = extendCurve(curve, { step, validation: 1 });
    }
    assert.ok(curve.length > 50 && curve.length <= 100);
    assert.equal(curve.at(-1)?.step, 20_000);
    assert.equal(extendCurve(curve, { step: 15_010, loss: 1 }).at(-1)?.step, 15_010);
    assert.deepEqual(
      curve.flatMap(({ step, validation, loss }) => (validation && loss ? [step] : [])),
      [5000, 10_000, 15_000, 20_000],
    );
  });
});

it('ids of trainings name task and time, and are names of executions', () => {
  const id = createTrainingId('gender', new Date('2026-01-31T12:00:05.678Z'));
  assert.match(id, /^gender-20260131-120005-[0-9a-f]{4}$/);
  assert.match(id, TRAINING_ID);
});
