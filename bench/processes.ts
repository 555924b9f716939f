import { readdir, readFile } from 'node:fs/promises';

/** What Linux reports about processes: what they run, and what they use. */

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;
const PAGE = 4096;
/** The variable that tells a process which function it runs. */
const NAME = 'AWS_LAMBDA_FUNCTION_NAME=';

interface FunctionProcess extends Status {
  /** The function's name. */
  readonly name: string;
}

interface Status {
  /** Milliseconds of CPU time so far. */
  readonly cpu: number;
  /** Resident memory, in MB. */
  readonly memory: number;
}

/** @returns undefined when the process is gone */
async function statusOf(pid: number): Promise<Status | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field, the command in parentheses, may hold anything.
  const fields = text
    ?.slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  if (!fields) return undefined;
  const [user = 0, system = 0] = [fields[11], fields[12]];
  return { cpu: ((user + system) * 1000) / TICKS, memory: ((fields[21] ?? 0) * PAGE) / 2 ** 20 };
}

/** CPU time of a process, in milliseconds. */
export async function cpuOf(pid: number): Promise<number> {
  return (await statusOf(pid))?.cpu ?? Number.NaN;
}

/**
 * The processes that run a local stack's functions.
 * @param beginning of the functions' names: the name of one, or the stack's
 */
export async function functionProcesses(
  endpoint: string,
  beginning: string,
): Promise<Map<number, FunctionProcess>> {
  const running = new Map<number, FunctionProcess>();
  for (const pid of await readdir('/proc')) {
    // It cannot be read for other users' processes.
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const variables = environment.split('\0');
    if (!variables.includes(`AWS_ENDPOINT_URL=${endpoint}`)) continue;
    const name = variables.find((one) => one.startsWith(NAME))?.slice(NAME.length);
    if (!name?.startsWith(beginning)) continue;
    const status = await statusOf(Number(pid));
    if (status) running.set(Number(pid), { ...status, name });
  }
  return running;
}
