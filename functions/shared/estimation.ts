import pLimit from 'p-limit';
import type { Estimator } from '../../models/estimator.ts';
import { selectChips } from '../../vision/chips.ts';
import type { Announcer } from './announcer.ts';
import type { Crops } from './crops.ts';
import { type Estimate, type Items, NotReadyError, type Part } from './items.ts';
import { facesFoundSchema } from './message.ts';
import type { Work } from './worker.ts';

/** The second step of a photo's way, of which age and gender are the two kinds: from chips to one part of each face. */
export class Estimation implements Work {
  readonly #part: Part;
  readonly #stores: { items: Items; crops: Crops };
  readonly #announcer: Announcer;
  readonly #inService: () => Promise<Estimator<Estimate>>;
  /** There is one core, and chips of many faces take much memory. */
  readonly #oneAtATime = pLimit(1);

  constructor(
    part: Part,
    stores: { items: Items; crops: Crops },
    announcer: Announcer,
    inService: () => Promise<Estimator<Estimate>>,
  ) {
    this.#part = part;
    this.#stores = stores;
    this.#announcer = announcer;
    this.#inService = inService;
  }

  async perform(body: string, deadline: Date): Promise<void> {
    const { photo, analysis, crops } = facesFoundSchema.parse(JSON.parse(body));
    const { items } = this.#stores;
    const cut = await this.#stores.crops.read(crops);
    if (!cut) {
      // They are deleted when the photo is done, failed, overwritten or gone, in which case there is nothing to do.
      const item = await items.get(photo);
      if (item?.analysis !== analysis) return;
      if (item.status === 'pending')
        throw new NotReadyError(`Expected the crops of ${photo}, but they are gone.`);
      return this.#announcer.settle(item, false, deadline);
    }
    const estimator = await this.#inService();
    const estimates = await this.#oneAtATime(() =>
      estimator.estimate(selectChips(cut.chips, cut.specs, estimator.chips)),
    );
    const { item, completed } = await items.merge(photo, analysis, this.#part, estimates, deadline);
    // Overwritten or deleted meanwhile: nobody will come for the crops.
    if (!item) await this.#stores.crops.delete(analysis);
    await this.#announcer.settle(item, completed, deadline);
  }

  async giveUp(body: string, message: string, deadline: Date): Promise<void> {
    const { photo, analysis } = facesFoundSchema.parse(JSON.parse(body));
    const { item, completed } = await this.#stores.items.fail(
      photo,
      analysis,
      { code: 'gave-up', message },
      deadline,
    );
    await this.#announcer.settle(item, completed, deadline);
  }
}
