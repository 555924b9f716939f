import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { S3 } from '@aws-sdk/client-s3';
import { type LocalAws, startMiniStack } from '../../local/ministack.ts';
import { pythonEnvironment } from '../../local/python.ts';
import type { CardDraft } from '../../models/model-folder.ts';
import type { Registry } from '../../models/registry.ts';

const REQUIREMENTS = path.resolve(import.meta.dirname, '../../local/requirements.txt');

/** A local AWS with nothing in it but buckets, and a folder; both go when the tests are done. */
export async function emptyAws(): Promise<{ aws: LocalAws; s3: S3; folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-registry-'));
  const python = await pythonEnvironment('ministack', REQUIREMENTS);
  const { aws, stop } = await startMiniStack({ python, folder: path.join(folder, 'aws') });
  const s3 = new S3({ ...aws, forcePathStyle: true });
  after(async () => {
    s3.destroy();
    await stop();
    await rm(folder, { recursive: true });
  });
  return { aws, s3, folder };
}

/** A folder with a model's files, which differ by its version. */
export async function modelFiles(parent: string, version: string): Promise<string> {
  const folder = path.join(parent, version);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.onnx'), `network ${version}`);
  await writeFile(path.join(folder, 'report.html'), `<!doctype html><title>${version}</title>`);
  return folder;
}

/** Publishes versions, the first on the first of January 2026, the next a day later, and so on. */
export async function publishAll(
  registry: Registry,
  parent: string,
  versions: readonly string[],
  draft: (version: string) => CardDraft,
): Promise<void> {
  for (const [day, version] of versions.entries()) {
    const createdAt = new Date(Date.UTC(2026, 0, 1 + day)).toISOString();
    await registry.publish({ ...draft(version), createdAt }, await modelFiles(parent, version));
  }
}
