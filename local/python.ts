import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { cached, removeStale } from '../layers/cache.ts';
import { LOCAL } from './stack.ts';

const ENVIRONMENTS = path.join(LOCAL, 'python');
const MINIMUM = [3, 10] as const;
const COMMANDS = ['python3', 'python', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

/**
 * Installs Python packages into a virtual environment of their own, or finds them installed.
 * @param name for the folder
 * @param requirements a requirements file that pins every package by hash
 * @returns absolute path of the environment's `python`
 * @throws Error saying what to install when the machine has no suitable Python
 */
export async function pythonEnvironment(name: string, requirements: string): Promise<string> {
  const hash = createHash('sha256').update(await readFile(requirements));
  const folder = path.join(ENVIRONMENTS, `${name}-${hash.digest('hex').slice(0, 16)}`);
  const python = path.join(folder, 'bin', 'python');
  // A virtual environment borrows the Python that made it, which may be gone since.
  if (existsSync(folder) && !existsSync(python)) await rm(folder, { recursive: true });
  await cached(folder, (aside) => install(aside, requirements));
  await removeStale(ENVIRONMENTS, `${name}-`, folder);
  return python;
}

async function install(folder: string, requirements: string): Promise<void> {
  const creator = await findPython();
  try {
    await execa(creator, ['-m', 'venv', folder]);
  } catch (cause) {
    throw new Error(
      `Expected ${creator} to make a virtual environment but it could not. ` +
        'Install its venv module (Debian and Ubuntu: apt install python3-venv) and try again.',
      { cause },
    );
  }
  const options = ['--quiet', '--disable-pip-version-check', '--no-input', '--require-hashes'];
  await execa(path.join(folder, 'bin', 'python'), [
    '-m',
    'pip',
    'install',
    ...options,
    '--requirement',
    requirements,
  ]);
}

async function findPython(): Promise<string> {
  const found: string[] = [];
  for (const command of COMMANDS) {
    const { stdout, failed } = await execa(command, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      reject: false,
    });
    if (failed) continue;
    const [major = 0, minor = 0] = stdout.split(' ').map(Number);
    if (major === MINIMUM[0] && minor >= MINIMUM[1]) return command;
    found.push(`${major}.${minor}`);
  }
  throw new Error(
    `Expected Python ${MINIMUM.join('.')} or newer but found ${found.join(', ') || 'none'}. Install it ` +
      '(Debian and Ubuntu: apt install python3 python3-venv; macOS: brew install python3) and try again.',
  );
}
