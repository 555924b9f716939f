import { QUALITY, requireOn, type Wanted } from '../attributes/wanted.ts';
import { BUILTIN, type OwnCard } from '../models/card.ts';
import { openRegistry } from '../models/registry.ts';
import type { Target } from './target.ts';

/** The cards of the models that are in service for attributes of one's own. */
export async function ownCards({ s3, stack }: Target): Promise<OwnCard[]> {
  const registry = openRegistry({ client: s3, bucket: stack.trainingBucket });
  const cards = (await registry.ownTasks()).map(async (name) => {
    const { version } = await registry.live(name);
    return version === BUILTIN ? undefined : registry.show(name, version);
  });
  return (await Promise.all(cards)).filter((card) => card !== undefined && 'definition' in card);
}

/** @throws NotOnError when the stack doesn't estimate what is wanted */
export async function requireOnTarget(target: Target, wanted: Wanted): Promise<void> {
  const listed: readonly string[] = [...target.stack.attributes, QUALITY];
  const others = wanted?.filter((name) => !listed.includes(name)) ?? [];
  // Who wants none of them need not be allowed to read the registry.
  const own = others.length > 0 ? (await ownCards(target)).map(({ task }) => task) : [];
  requireOn(others, [...target.stack.attributes, ...own]);
}
