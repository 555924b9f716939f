import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { cached, removeStale } from '../support/cache.ts';
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
  const python = pythonIn(folder);
  // A virtual environment borrows the Python that made it, which may be gone since.
  if (existsSync(folder) && !existsSync(python)) await rm(folder, { recursive: true });
  await cached(folder, (aside) => install(aside, requirements));
  await removeStale(ENVIRONMENTS, `${name}-`, folder);
  return python;
}

const pythonIn = (folder: string) => path.join(folder, 'bin', 'python');

async function install(folder: string, requirements: string): Promise<void> {
  const creator = await findPython();
  // Without a pip of its own, which takes longer to install than all the rest: the creator's does as well.
  await execa(creator, ['-m', 'venv', '--without-pip', folder]);
  const path = ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'];
  const { stdout: packages } = await execa(pythonIn(folder), path);
  const options = [
    '--quiet',
    '--disable-pip-version-check',
    '--no-input',
    '--no-compile',
    '--require-hashes',
  ];
  // Where packages are installed for the user by default, pip would refuse, as the two exclude each other.
  const env = { PIP_USER: '0' };
  await execa(creator, ['-m', 'pip', 'install', ...options, '--target', packages, '-r', requirements], {
    env,
  });
}

async function findPython(): Promise<string> {
  const found: string[] = [];
  for (const command of COMMANDS) {
    const version = ['-c', 'import sys; print(*sys.version_info[:2])'];
    const { stdout, failed } = await execa(command, version, { reject: false });
    if (failed) continue;
    const [major = 0, minor = 0] = stdout.split(' ').map(Number);
    if (major !== MINIMUM[0] || minor < MINIMUM[1]) found.push(`${major}.${minor}`);
    else if ((await execa(command, ['-m', 'pip', '--version'], { reject: false })).failed)
      found.push(`${major}.${minor} without pip`);
    else return command;
  }
  throw new Error(
    `Expected Python ${MINIMUM.join('.')} or newer with pip but found ${found.join(', ') || 'none'}. Install it ` +
      '(Debian and Ubuntu: apt install python3-pip; macOS: brew install python3) and try again.',
  );
}
