import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { NotFound, S3 } from '@aws-sdk/client-s3';
import {
  AssetManifestArtifact,
  type CloudFormationStackArtifact,
  EnvironmentPlaceholders,
} from 'aws-cdk-lib/cx-api';
import { zipSync } from 'fflate';
import { ACCOUNT, type LocalAws } from './ministack.ts';

interface S3Object {
  readonly Bucket: string;
  readonly Key: string;
}

/**
 * Uploads a stack's template, which is too long for a request.
 * @returns its address
 */
export async function publishTemplate(
  { stackName, template }: CloudFormationStackArtifact,
  aws: LocalAws,
): Promise<string> {
  const s3 = new S3({ ...aws, forcePathStyle: true });
  const object = { Bucket: 'templates', Key: `${stackName}.json` };
  await s3.createBucket({ Bucket: object.Bucket });
  await s3.putObject({ ...object, Body: JSON.stringify(template) });
  s3.destroy();
  return `${aws.endpoint}/${object.Bucket}/${object.Key}`;
}

/** Uploads the folders that a stack's template refers to, as far as they aren't there yet. */
export async function publishAssets(stack: CloudFormationStackArtifact, aws: LocalAws): Promise<void> {
  const s3 = new S3({ ...aws, forcePathStyle: true });
  try {
    for (const { folder, object } of zippedAssets(stack, aws.region)) {
      if (await exists(s3, object)) continue;
      await s3.createBucket({ Bucket: object.Bucket });
      await s3.putObject({ ...object, Body: await zipFolder(folder) });
    }
  } finally {
    s3.destroy();
  }
}

function zippedAssets(
  stack: CloudFormationStackArtifact,
  region: string,
): { folder: string; object: S3Object }[] {
  return stack.dependencies
    .filter(AssetManifestArtifact.isAssetManifestArtifact)
    .flatMap(({ contents }) => Object.values(contents.files ?? {}))
    .flatMap(({ source: { path: folder, packaging }, destinations }) =>
      folder === undefined || packaging !== 'zip'
        ? []
        : Object.values(destinations).map((destination) => {
            const values = { accountId: ACCOUNT, region, partition: 'aws' };
            const { bucketName, objectKey } = EnvironmentPlaceholders.replace(destination, values);
            return {
              folder: path.resolve(stack.assembly.directory, folder),
              object: { Bucket: bucketName, Key: objectKey },
            };
          }),
    );
}

async function exists(s3: S3, object: S3Object): Promise<boolean> {
  try {
    await s3.headObject(object);
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** Without compression: MiniStack unpacks the layer again for every process that it starts. */
async function zipFolder(folder: string): Promise<Uint8Array> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const contents = await Promise.all(
    files.map(async (file) => [path.relative(folder, file), await readFile(file)] as const),
  );
  return zipSync(Object.fromEntries(contents), { level: 0 });
}
