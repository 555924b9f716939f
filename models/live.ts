import { BUILTIN, type LivePointer, type Switch } from './card.ts';

/** Switches that a pointer remembers. */
const MEMORY = 100;

/** The pointer after a switch. */
export function follow(pointer: LivePointer | undefined, latest: Switch): LivePointer {
  const history = [latest, ...(pointer?.history ?? [])].slice(0, MEMORY);
  return {
    version: latest.version,
    previous: inService(history).at(-2) ?? BUILTIN,
    promotedAt: latest.at,
    why: latest.why,
    history,
  };
}

/**
 * The versions that a rollback after another leads back through, the one in service last. A promotion adds one;
 * a rollback takes away those it went back past.
 */
function inService(history: readonly Switch[]): string[] {
  let versions: string[] = [BUILTIN];
  for (const { version, action } of history.toReversed()) {
    const before = action === 'rollback' ? versions.lastIndexOf(version) : -1;
    versions = before >= 0 ? versions.slice(0, before + 1) : [...versions, version];
  }
  return versions;
}
