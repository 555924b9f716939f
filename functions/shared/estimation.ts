import { estimateFaces } from '../../vision/attributes.ts';
import type { Crops as CropCount } from '../../vision/chips.ts';
import type { AgeAndGender, AgeGenderEstimator, ModelInfo } from '../../vision/engine.ts';
import type { Announcer } from './announcer.ts';
import type { Crops } from './crops.ts';
import { type Estimate, type Items, NotReadyError, type Part } from './items.ts';
import { facesFoundSchema } from './message.ts';
import type { Work } from './worker.ts';

/** The second step of a photo's way, of which age and gender are the two kinds: from chips to one part of each face. */
export class Estimation implements Work {
  readonly #part: Part;
  readonly #describe: (estimate: AgeAndGender, model: ModelInfo) => Estimate;
  readonly #stores: { items: Items; crops: Crops };
  readonly #announcer: Announcer;
  readonly #estimator: Promise<AgeGenderEstimator>;
  readonly #crops: CropCount;

  constructor(
    part: Part,
    describe: (estimate: AgeAndGender, model: ModelInfo) => Estimate,
    stores: { items: Items; crops: Crops },
    announcer: Announcer,
    estimator: Promise<AgeGenderEstimator>,
    crops: CropCount,
  ) {
    this.#part = part;
    this.#describe = describe;
    this.#stores = stores;
    this.#announcer = announcer;
    this.#estimator = estimator;
    this.#crops = crops;
  }

  async perform(body: string, deadline: Date): Promise<void> {
    const { photo, analysis, crops } = facesFoundSchema.parse(JSON.parse(body));
    const { items } = this.#stores;
    const chips = await this.#stores.crops.read(crops);
    if (!chips) {
      // They are deleted when the photo is done, failed, overwritten or gone, in which case there is nothing to do.
      const item = await items.get(photo);
      if (item?.analysis !== analysis) return;
      if (item.status === 'pending')
        throw new NotReadyError(`Expected the crops of ${photo}, but they are gone.`);
      return this.#announcer.settle(item, false, deadline);
    }
    const estimator = await this.#estimator;
    const estimates = await estimateFaces(estimator, chips, this.#crops);
    const described = estimates.map((estimate) => this.#describe(estimate, estimator.model));
    const { item, completed } = await items.merge(photo, analysis, this.#part, described, deadline);
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
