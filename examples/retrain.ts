import { CopyObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import { createClient } from '@facedrop/client';

/**
 * Copies labelled photos (a labels.csv, and what it names) from a bucket of yours into a data set, and starts a training
 * on it. The model goes into service by itself if it is better. Let a scheduler run it, such as cron:
 *
 *   0 3 1 * *  cd facedrop && npx node examples/retrain.ts my-bucket labelled/ people age
 *
 * FACEDROP_URL and FACEDROP_KEY are the API's address and a key that may train (npm run keys -- create NAME
 * --trainings); TRAINING_BUCKET is the output `trainingBucket` of the stack. AWS credentials come from the environment.
 */

const [source, prefix = '', name, task] = process.argv.slice(2);
const { FACEDROP_URL: url = '', FACEDROP_KEY: key = '', TRAINING_BUCKET: bucket } = process.env;
if (!source || !name || !bucket || (task !== 'age' && task !== 'gender')) {
  throw new Error('Expected BUCKET PREFIX NAME age|gender, and TRAINING_BUCKET. See the comment at the top.');
}

const s3 = new S3Client();
let copied = 0;
for await (const { Contents = [] } of paginateListObjectsV2(
  { client: s3 },
  { Bucket: source, Prefix: prefix },
)) {
  for (const { Key = '' } of Contents) {
    if (Key.endsWith('/')) continue;
    await s3.send(
      new CopyObjectCommand({
        Bucket: bucket,
        Key: `datasets/${name}/${Key.slice(prefix.length)}`,
        CopySource: `${source}/${encodeURIComponent(Key)}`,
      }),
    );
    copied += 1;
  }
}
console.log(`Copied ${copied} files to datasets/${name}/`);

const { data: training, error } = await createClient({ url, key }).POST('/trainings', {
  body: { task, data: name },
});
if (error) throw new Error(error.detail);
console.log(`Training ${training.id} has begun. Watch it with: npm run train -- --watch ${training.id}`);
