import { readdir, readFile } from 'node:fs/promises';

/** What Linux tells of processes: who started them, and what they use. */

/** Clock ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;
const PAGE = 4096;

interface Status {
  readonly parent: number;
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
  const [, parent = 0] = fields;
  const [user = 0, system = 0] = [fields[11], fields[12]];
  return { parent, cpu: ((user + system) * 1000) / TICKS, memory: ((fields[21] ?? 0) * PAGE) / 2 ** 20 };
}

/** CPU time of a process, in milliseconds. */
export async function cpuOf(pid: number): Promise<number> {
  return (await statusOf(pid))?.cpu ?? Number.NaN;
}

/** Processes that this one started, and those that they started. */
export async function descendants(): Promise<Map<number, Status>> {
  const all = new Map<number, Status>();
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    const status = Number.isInteger(pid) ? await statusOf(pid) : undefined;
    if (status) all.set(pid, status);
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isOurs(all.get(pid)?.parent));
  return new Map([...all].filter(([pid]) => pid !== process.pid && isOurs(pid)));
}

/** Those of them that run one of the stack's functions. */
export async function functionProcesses(name: string): Promise<Map<number, Status>> {
  const running = [...(await descendants())];
  const environments = await Promise.all(
    running.map(([pid]) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')),
  );
  return new Map(
    running.filter((_, index) => environments[index]?.includes(`AWS_LAMBDA_FUNCTION_NAME=${name}`)),
  );
}
