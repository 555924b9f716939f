import { tellProblem } from './texts.ts';

export type Tools = typeof import('./tools.ts');

let loaded: Tools | undefined;

/** @throws TypeError when the connection is gone */
export async function loadTools(): Promise<Tools> {
  loaded ??= await import('./tools.ts');
  return loaded;
}

/** Uses the tools, once they are loaded; if they can't be, says so. */
export async function withTools(use: (tools: Tools) => void | Promise<void>): Promise<void> {
  if (!loaded) await loadTools().catch(() => tellProblem('offline'));
  if (loaded) await use(loaded);
}
