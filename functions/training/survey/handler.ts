import { PutObjectCommand } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { SPLITS } from '../../../training/dataset/label.ts';
import { budgetWithin, fleetingSince, maximumBudget } from '../shared/budget.ts';
import { type SurveyAnswer, surveyEventSchema } from '../shared/events.ts';
import { FOLDER } from '../shared/folders.ts';
import { createTrainingRuntime } from '../shared/runtime.ts';
import { draftOf, isActive, isOfCorrections, startSchema, type Training } from '../shared/training.ts';
import { TaskLockedError } from '../shared/trainings.ts';
import { createTrainingWorker } from '../shared/worker.ts';
import { type Survey, surveyDataSet } from './survey.ts';

const runtime = createTrainingRuntime();
const { trainings, sets, s3, bucket, keepDays, logger } = runtime;
const maximum = maximumBudget();
const keeping = keepDays > 0 ? { keepDays } : {};
const { CORRECTIONS_PER_OWNER: correctionsPerOwner, REFERENCE_DATA: referenceData } = z
  .object({ CORRECTIONS_PER_OWNER: z.coerce.number().int().min(1), REFERENCE_DATA: z.string().optional() })
  .parse(process.env);

/** Checks the data sets of a training and lists what is to be prepared, until nothing is. */
async function survey(input: unknown): Promise<SurveyAnswer> {
  const { id, execution, start } = surveyEventSchema.parse(input);
  // One that a schedule started is not noted yet.
  const training = (await trainings.get(id)) ?? (await begin({ id, execution, start }));
  // Skipped, or cancelled before it got here.
  if (!isActive(training)) return { ended: true, batches: '', count: 0 };
  // Whoever started it: all pass here.
  budgetWithin(maximum, training.budget, isOfCorrections(training));
  const { cancelRequestedAt } = await trainings.note(training, { status: 'preparing', ...keeping });
  const since = fleetingSince(training.budget);
  const surveys: Survey[] = [];
  for (const name of training.data)
    surveys.push(await surveyDataSet(sets, s3, name, since, { correctionsPerOwner }));
  // Whoever corrects is not to decide what good corrections are.
  const reference =
    referenceData !== undefined && isOfCorrections(training)
      ? await surveyDataSet(sets, s3, referenceData, since)
      : undefined;
  const work = [...surveys, ...(reference ? [reference] : [])].flatMap((each) => each.work);
  const batches = `${FOLDER.trainings}${id}/batches.json`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: batches, Body: JSON.stringify(work) }));
  await trainings.note(training, {
    prepared: surveys.map(({ prefix }) => prefix),
    ...(reference && { reference: reference.prefix }),
    faces: Object.fromEntries(
      SPLITS.map((split) => [split, surveys.reduce((sum, { faces }) => sum + faces[split], 0)]),
    ),
    warnings: surveys.flatMap(({ warnings }) => warnings),
  });
  // Who cancelled does not wait for the faces.
  return { ended: false, batches, count: cancelRequestedAt ? 0 : work.length };
}

/** Where a training of the task runs already, nobody waits for this one: it is skipped, and that is no failure. */
async function begin({ id, execution, start }: z.output<typeof surveyEventSchema>): Promise<Training> {
  const draft = draftOf({ id, execution, start: startSchema.parse(start), maximum });
  try {
    return await trainings.create(draft);
  } catch (error) {
    if (!(error instanceof TaskLockedError)) throw error;
    logger.warn('A training was skipped', { id, holder: error.holder });
    return trainings.skip(
      { ...draft, ...keeping },
      `It was skipped because ${error.holder} was training "${draft.task}" at the time. Start it again, or wait for the schedule.`,
    );
  }
}

export const handler = createTrainingWorker(runtime, survey);
