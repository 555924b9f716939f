import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { wantedNetwork } from '../../../training/spec.ts';
import { BudgetError } from '../../training/shared/budget.ts';
import { CrowdedError, type Director, NoSuchDataError } from '../../training/shared/director.ts';
import type { Training } from '../../training/shared/training.ts';
import { TaskLockedError } from '../../training/shared/trainings.ts';
import type { Access } from '../access.ts';
import type { Caller } from '../caller.ts';
import type { Env } from '../env.ts';
import { excerpt } from '../excerpt.ts';
import { ACCESS_PROBLEMS, Problem, problemResponses } from '../problem.ts';
import {
  startTrainingSchema,
  type TrainingAnswer,
  trainingAnswerSchema,
  trainingListQuerySchema,
  trainingListSchema,
  trainingParamsSchema,
} from '../training-schemas.ts';

export interface TrainingsOptions {
  readonly access: Access;
  /** Absent where the stack has no trainer. */
  readonly director: Director | undefined;
  /** @returns where an object of the training bucket can be read for some time */
  readonly signReport: (key: string) => Promise<string>;
}

const PROBLEMS = [...ACCESS_PROBLEMS, 'not-allowed', 'no-trainer'] as const;

const one = (description: string) => ({
  description,
  content: { 'application/json': { schema: trainingAnswerSchema } },
});

const start = createRoute({
  method: 'post',
  path: '/trainings',
  operationId: 'startTraining',
  summary: 'Trains a network on a data set, and puts it into service if it is better',
  description:
    'It is better if it beats the model in service by more than chance, on faces that neither learned from, and is not ' +
    'worse for any group by more than a margin. At most one training per task runs at a time, and ten in all.',
  tags: ['Trainings'],
  request: {
    body: { required: true, content: { 'application/json': { schema: startTrainingSchema } } },
  },
  responses: {
    201: {
      ...one('The training has begun'),
      headers: { Location: { description: 'Where to get its progress', schema: { type: 'string' } } },
    },
    ...problemResponses(
      ...PROBLEMS,
      'invalid-request',
      'training-runs',
      'no-such-data',
      'wrong-network',
      'over-budget',
      'unsupported-media-type',
    ),
  },
});

const list = createRoute({
  method: 'get',
  path: '/trainings',
  operationId: 'listTrainings',
  summary: 'Lists trainings, newest first',
  tags: ['Trainings'],
  request: { query: trainingListQuerySchema },
  responses: {
    200: {
      description: 'The newest trainings',
      content: { 'application/json': { schema: trainingListSchema } },
    },
    ...problemResponses(...PROBLEMS, 'invalid-request'),
  },
});

const read = createRoute({
  method: 'get',
  path: '/trainings/{id}',
  operationId: 'getTraining',
  summary: 'Shows the progress of a training, or its result',
  tags: ['Trainings'],
  request: { params: trainingParamsSchema },
  responses: { 200: one('The training'), ...problemResponses(...PROBLEMS, 'not-found') },
});

const cancel = createRoute({
  method: 'delete',
  path: '/trainings/{id}',
  operationId: 'cancelTraining',
  summary: 'Cancels a training as soon as possible; one that has ended stays as it is',
  tags: ['Trainings'],
  request: { params: trainingParamsSchema },
  responses: { 202: one('The training as it is now'), ...problemResponses(...PROBLEMS, 'not-found') },
});

export function addTrainings(
  app: OpenAPIHono<Env>,
  { access, director, signReport }: TrainingsOptions,
): void {
  /** @throws Problem when there is no trainer, or none for this caller */
  function directorFor({ trainings }: Caller): Director {
    if (!trainings) {
      throw new Problem(
        'not-allowed',
        'Expected a key that may train but this one may not. Create one with "npm run keys -- create NAME --trainings".',
      );
    }
    if (director) return director;
    throw new Problem('no-trainer', 'Expected a stack with a trainer but this one has none.');
  }

  app.openapi({ ...start, middleware: access }, async (c) => {
    const director = directorFor(c.get('caller'));
    const request = c.req.valid('json');
    const wanted = wantedNetwork(request);
    if (wanted) {
      throw new Problem(
        'wrong-network',
        `Expected network to be ${wanted} but received "${request.network}".`,
      );
    }
    try {
      const training = await director.start(request);
      c.header('Location', `trainings/${training.id}`);
      return c.json(toAnswer(training), 201);
    } catch (error) {
      if (error instanceof TaskLockedError || error instanceof CrowdedError)
        throw new Problem('training-runs', error.message);
      if (error instanceof BudgetError) throw overBudget(error);
      if (error instanceof NoSuchDataError) throw new Problem('no-such-data', error.message);
      throw error;
    }
  });

  app.openapi({ ...list, middleware: access }, async (c) => {
    const trainings = await directorFor(c.get('caller')).list(c.req.valid('query').limit);
    return c.json({ trainings: trainings.map(toAnswer) }, 200);
  });

  app.openapi({ ...read, middleware: access }, async (c) => {
    const { id } = c.req.valid('param');
    const training = found(id, await directorFor(c.get('caller')).get(id));
    const report = training.result && (await signReport(training.result.report));
    return c.json({ ...toAnswer(training), ...(report && { report }) }, 200);
  });

  app.openapi({ ...cancel, middleware: access }, async (c) => {
    const { id } = c.req.valid('param');
    return c.json(toAnswer(found(id, await directorFor(c.get('caller')).cancel(id))), 202);
  });
}

function overBudget({ message, excesses }: BudgetError): Problem {
  const errors = excesses.map(({ part, expected, received }) => ({
    field: `budget.${part}`,
    expected: `at most ${expected}`,
    received: String(received),
  }));
  return new Problem('over-budget', message, { errors });
}

function found(id: string, training: Training | undefined): Training {
  if (training) return training;
  throw new Problem('not-found', `Expected the id of a training but received ${excerpt(id)}.`);
}

function toAnswer(training: Training): TrainingAnswer {
  const { id, task, data, status, budget, createdAt, updatedAt, endedAt, cancelRequestedAt } = training;
  const { faces, warnings, progress, curve, failure, request, used, result } = training;
  return {
    ...{ id, task, network: request.network, data, status, budget },
    ...{ createdAt, updatedAt, endedAt, cancelRequestedAt },
    ...{ faces, warnings, progress, curve, failure },
    seconds: used?.seconds,
    dollars: used?.dollars,
    result: result && { version: result.version, promoted: result.promoted, why: result.why },
  };
}
