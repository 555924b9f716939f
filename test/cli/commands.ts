import { join } from 'node:path';
import { execa } from 'execa';

const CLI = join(import.meta.dirname, '../../cli/commands');

interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts a command as a user does: `startCommand('drop', ['photo.jpg'])`. */
export function startCommand(name: string, args: readonly string[], { env, cwd }: Surroundings = {}) {
  return execa(process.execPath, [join(CLI, `${name}.ts`), ...args], {
    reject: false,
    stdin: 'ignore',
    // What is asked to end may take its time on a busy machine.
    forceKillAfterDelay: false,
    ...(cwd && { cwd }),
    env: { COLUMNS: '80', NO_COLOR: '1', ...env },
  });
}

/** Runs a command to its end, whatever it ends with. */
export async function runCommand(
  name: string,
  args: readonly string[],
  surroundings?: Surroundings,
): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await startCommand(name, args, surroundings);
  return { exitCode, stdout, stderr };
}
