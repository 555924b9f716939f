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
