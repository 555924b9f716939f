import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';

/** A process, distinguished by when it began from others with the same number; without that, the number must do. */
export const processSchema = z.object({ pid: z.int().positive(), began: z.string().optional() });
export type Process = z.infer<typeof processSchema>;

export async function thisProcess(): Promise<Process> {
  const began = await beginOf(process.pid);
  return { pid: process.pid, ...(began !== undefined && { began }) };
}

/** Whether there still is that process. */
export async function isRunning({ pid, began }: Process): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return began === undefined || began === (await beginOf(pid));
}

/** When a process began, as its system counts it; undefined where it doesn't say. */
async function beginOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform !== 'linux') return (await execa('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout;
    // The twenty-second field; the second one is a name, in parentheses, that may hold anything.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
