import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SPLITS } from '../../training/dataset/label.ts';
import { budgetWithin, maximumBudget } from '../trainings/budget.ts';
import { type SurveyAnswer, surveyEventSchema } from '../trainings/events.ts';
import { FOLDER } from '../trainings/folders.ts';
import { createTrainingRuntime } from '../trainings/runtime.ts';
import { draftOf, startSchema, type Training } from '../trainings/training.ts';
import { createTrainingWorker } from '../trainings/worker.ts';
import { type Survey, surveyDataSet } from './survey.ts';

const runtime = createTrainingRuntime();
const { trainings, sets, s3, bucket, keepDays } = runtime;
const maximum = maximumBudget();

/** Checks the data sets of a training and lists what is to be prepared, until nothing is. */
async function survey(input: unknown): Promise<SurveyAnswer> {
  const { id, execution, start } = surveyEventSchema.parse(input);
  // One that a schedule started is not noted yet.
  const training: Training =
    (await trainings.get(id)) ??
    (await trainings.create(draftOf({ id, execution, start: startSchema.parse(start), maximum })));
  // Whoever started it: all pass here.
  budgetWithin(maximum, training.budget);
  const { cancelRequestedAt } = await trainings.note(training, {
    status: 'preparing',
    ...(keepDays > 0 && { expiresAt: Math.floor(Date.now() / 1000) + keepDays * 86_400 }),
  });
  const surveys: Survey[] = [];
  for (const name of training.data) surveys.push(await surveyDataSet(sets, s3, name));
  const work = surveys.flatMap((each) => each.work);
  const batches = `${FOLDER.trainings}${id}/batches.json`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: batches, Body: JSON.stringify(work) }));
  await trainings.note(training, {
    prepared: surveys.map(({ prefix }) => prefix),
    faces: Object.fromEntries(
      SPLITS.map((split) => [split, surveys.reduce((sum, { faces }) => sum + faces[split], 0)]),
    ),
    warnings: surveys.flatMap(({ warnings }) => warnings),
  });
  // Who cancelled does not wait for the faces.
  return { batches, count: cancelRequestedAt ? 0 : work.length };
}

export const handler = createTrainingWorker(runtime, survey);
