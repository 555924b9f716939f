import type { LocalAws } from '../../local/ministack.ts';
import { writeLocalStack } from '../../local/stack.ts';

/** Describes a local stack that has only the bucket of trainings, for commands that look at nothing else. */
export async function writeTrainingStack(aws: LocalAws, folder: string, bucket: string): Promise<void> {
  const none = '-';
  await writeLocalStack(
    {
      ...aws,
      ...{ photoBucket: none, chipBucket: none, labelBucket: none, table: none, keyTable: none },
      ...{ eventBus: none, apiUrl: none, apiKey: none, stackName: none },
      ...{ uploadQueue: none, uploadDeadLetters: none, estimators: [], attributes: ['age', 'gender'] },
      ...{ trainingBucket: bucket, trainingTable: none },
      ...{ maximumTrainingMinutes: 1, maximumTrainingDollars: 1 },
      pid: process.pid,
    },
    folder,
  );
}
