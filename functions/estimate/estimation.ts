import type { Part } from '../../attributes/attribute.ts';
import { type PartName, USUAL_NAMES } from '../../attributes/list.ts';
import { OWN } from '../../attributes/own/definition.ts';
import { isWanted } from '../../attributes/wanted.ts';
import { estimateFaces } from '../../models/analysis.ts';
import type { Announcer } from '../shared/announcer.ts';
import { chipsIn } from '../shared/carried-chips.ts';
import type { ChipStore } from '../shared/chip-store.ts';
import type { GivenUp } from '../shared/item.ts';
import { type Items, NotReadyError } from '../shared/items.ts';
import { type FacesFound, facesFoundSchema } from '../shared/message.ts';
import type { Models } from '../shared/models.ts';
import { oneAtATime } from '../shared/one-at-a-time.ts';
import type { Tries } from '../shared/tries.ts';
import type { Work } from '../shared/worker.ts';
import { withinRoom } from './room.ts';

/** The second step of a photo's way: from the chips of its faces to some attributes of each. */
export class Estimation implements Work {
  readonly #attributes: readonly PartName[];
  /** What its tries are noted as. */
  readonly #stage: string;
  readonly #stores: { items: Items; chips: ChipStore };
  readonly #announcer: Announcer;
  readonly #models: Models;
  /** There is one core, and chips of many faces take much memory. */
  readonly #oneAtATime = oneAtATime();

  constructor(
    attributes: readonly PartName[],
    stores: { items: Items; chips: ChipStore },
    announcer: Announcer,
    models: Models,
  ) {
    this.#attributes = attributes;
    this.#stage = attributes.join('+');
    this.#stores = stores;
    this.#announcer = announcer;
    this.#models = models;
  }

  readonly tries: Tries = {
    count: (body) => {
      const { photo, analysis } = parse(body);
      return this.#stores.items.tries(photo, analysis, this.#stage);
    },
    add: (body, count) => {
      const { photo, analysis } = parse(body);
      return this.#stores.items.addTry(photo, analysis, this.#stage, count);
    },
  };

  async perform(body: string, deadline: Date): Promise<void> {
    const message = parse(body);
    const { photo, analysis, outstanding = USUAL_NAMES, wanted } = message;
    const ordered = this.#attributes.filter((name) => message.outstanding?.includes(name) ?? true);
    // What others have yet to estimate needs the chips.
    if (ordered.length === 0) return;
    const { items, chips } = this.#stores;
    const cut = (await chipsIn(message)) ?? (await chips.read(analysis));
    if (!cut) {
      // Those in the bucket are deleted when the photo is done, failed, overwritten or gone: there is nothing to do then.
      const item = await items.get(photo);
      if (item?.analysis !== analysis) return;
      if (item.status === 'pending')
        throw new NotReadyError(`Expected the chips of ${photo} but they are gone.`);
      return this.#announcer.settle(item, false, deadline);
    }
    const estimators = (await this.#models.estimators(ordered)).filter(({ attribute }) =>
      isWanted(attribute, wanted),
    );
    const faces = estimators.some(({ blends }) => blends) ? await this.#found(photo, analysis) : [];
    const told: Map<PartName, readonly Part[]> = await this.#oneAtATime(deadline, () =>
      estimateFaces(estimators, { ...cut, faces }),
    );
    const own = told.get(OWN);
    if (own) told.set(OWN, withinRoom(own));
    // A model may have gone out of service since detect counted on it: then there is nothing to estimate.
    for (const name of ordered) if (!told.has(name)) told.set(name, []);
    const alone = outstanding.every((name) => ordered.some((each) => each === name));
    const { item, completed } = await items.merge(photo, analysis, told, deadline, alone);
    // Done, failed, overwritten or deleted: nobody else needs them. Before the announcement, which would otherwise be made
    // again should they not go.
    if (!message.chips && item?.status !== 'pending') await chips.delete(analysis);
    await this.#announcer.settle(item, completed, deadline);
  }

  /** What detect found of an analysis that goes on. Of any other nothing is written, whatever is estimated. */
  async #found(photo: string, analysis: string): Promise<readonly Part[]> {
    const item = await this.#stores.items.get(photo);
    return (item?.analysis === analysis && item.faces) || [];
  }

  async giveUp(body: string, { message, cause }: GivenUp, deadline: Date): Promise<void> {
    const { photo, analysis, attempt, chips } = parse(body);
    const failure = { code: 'gave-up', message } as const;
    const { item, completed } = await this.#stores.items.fail(photo, analysis, failure, deadline, {
      cause,
      attempt,
    });
    // Begun again, it has chips in the same place.
    if (!chips && item?.status !== 'pending') await this.#stores.chips.delete(analysis);
    await this.#announcer.settle(item, completed, deadline);
  }
}

const parse = (body: string): FacesFound => facesFoundSchema.parse(JSON.parse(body));
