import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { type TrainingAnswer, trainingAnswerSchema } from '../../../functions/api/training-schemas.ts';
import { FOLDER } from '../../../functions/training/shared/folders.ts';
import { samples } from '../../fixtures/index.ts';
import { type Client, json } from '../api/client.ts';

/** Photos of each person: to learn from, to choose by, to judge by. */
const SPLITS = { train: 6, validation: 2, test: 4 } as const;
const PEOPLE = [
  { photo: samples.astronaut, age: 31, gender: 'F' },
  { photo: samples.hopper, age: 78, gender: 'F' },
  { photo: samples.lincoln, age: 54, gender: 'M' },
  { photo: samples.photographer, age: 22, gender: 'M' },
] as const;

/**
 * Puts a data set of four people into the stack's bucket: each photo a little other than the next.
 * @param brightness of the darkest one: sets of another have other photos
 */
export async function putFaces({ target }: Client, name: string, brightness = 0.85): Promise<void> {
  const lines = ['file,age,gender,split'];
  const splits = Object.entries(SPLITS).flatMap(([split, count]) => Array<string>(count).fill(split));
  for (const [person, { photo, age, gender }] of PEOPLE.entries()) {
    for (const [number, split] of splits.entries()) {
      const file = `${person}-${number}.jpg`;
      const bytes = await sharp(photo)
        .autoOrient()
        .resize(360)
        .modulate({ brightness: brightness + 0.03 * number })
        .flop(number % 2 === 1)
        .jpeg()
        .toBuffer();
      await put(name, file, bytes);
      lines.push([file, age, gender, split].join(','));
    }
  }
  await put(name, 'labels.csv', lines.join('\n'));

  async function put(set: string, file: string, body: Uint8Array | string): Promise<void> {
    const key = `${FOLDER.datasets}${set}/${file}`;
    await target.s3.send(new PutObjectCommand({ Bucket: target.stack.trainingBucket, Key: key, Body: body }));
  }
}

/** @returns the training as soon as `until` holds, or it has ended */
export async function watch(
  client: Client,
  id: string,
  until: (training: TrainingAnswer) => boolean = () => false,
): Promise<TrainingAnswer> {
  for (;;) {
    const training = trainingAnswerSchema.parse(json(await client.send('GET', `trainings/${id}`)));
    if (training.endedAt || until(training)) return training;
    await sleep(250);
  }
}

/** Kills the processes that train on a stack, as a machine that fails would. @returns how many there were */
export async function killTrainers(endpoint: string): Promise<number> {
  const read = (pid: string, file: string) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  let killed = 0;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid) || !(await read(pid, 'cmdline')).includes('local/runtime.ts')) continue;
    if (!(await read(pid, 'environ')).includes(`AWS_ENDPOINT_URL=${endpoint}\0`)) continue;
    process.kill(Number(pid), 'SIGKILL');
    killed += 1;
  }
  return killed;
}
