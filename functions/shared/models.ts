import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ATTRIBUTE_NAMES, type AttributeName } from '../../attributes/list.ts';
import { openBuiltins } from '../../models/builtins.ts';
import { BUILTIN, type ModelCard } from '../../models/card.ts';
import { type Estimator, openEstimators, tryOut } from '../../models/estimator.ts';
import type { Live, Registry } from '../../models/registry.ts';
import { type ChipSpec, chipsOf, distinctChips } from '../../vision/chip-spec.ts';
import type { Engine } from '../../vision/engine.ts';

export interface ModelsOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  /** Called with a model that can't be loaded. */
  readonly report: (message: string, error: unknown) => void;
  /** For how long what is in service is taken for granted, in milliseconds. */
  readonly certainFor?: number;
}

/** What is in service, without being loaded. */
export interface Service {
  /** The attributes that are estimated, in the order of the list. */
  readonly attributes: readonly AttributeName[];
  /** The chips of each face that their models look at. */
  readonly chips: readonly ChipSpec[];
}

/**
 * The models in service: those that the registry points to, or the model layer's own. A change is noticed
 * within half a minute, on the next call. A model that is missing or damaged is reported by a log entry and a
 * metric, and the last good one stays in service.
 */
export class Models {
  readonly #estimators: ReadonlyMap<AttributeName, InService<Estimator>>;
  readonly #chips: ReadonlyMap<AttributeName, InService<readonly ChipSpec[]>>;

  constructor({ engine, registry, report, certainFor = 30_000 }: ModelsOptions) {
    const builtins = openBuiltins(engine);
    const shared = { registry, report, certainFor };
    const inService = <T>(make: (name: AttributeName) => Loading<T>) =>
      new Map(ATTRIBUTE_NAMES.map((name) => [name, new InService<T>(name, shared, make(name))]));
    this.#estimators = inService((name) => ({
      builtin: async () => (await builtins.estimators()).find(({ attribute }) => attribute === name),
      open: async (version) => tryOut(await open(engine, registry, name, version)),
    }));
    this.#chips = inService<readonly ChipSpec[]>((name) => ({
      builtin: async () => {
        const { [name]: card } = await builtins.cards();
        return card && chipsOfCard(card);
      },
      open: async (version) => chipsOfCard(await registry.show(name, version)),
    }));
  }

  /** What estimates these attributes; nothing does for one that no model is in service for. */
  async estimators(names: readonly AttributeName[] = ATTRIBUTE_NAMES): Promise<Estimator[]> {
    const estimators = await Promise.all(names.map((name) => this.#estimators.get(name)?.get()));
    return estimators.filter((estimator) => estimator !== undefined);
  }

  async service(): Promise<Service> {
    const chips = await Promise.all(
      [...this.#chips].map(async ([name, inService]) => [name, await inService.get()] as const),
    );
    const told = chips.filter(([, specs]) => specs !== undefined);
    return {
      attributes: told.map(([name]) => name),
      chips: distinctChips(told.flatMap(([, specs = []]) => specs)),
    };
  }
}

/** Opens a version of the registry as what estimates an attribute. */
async function open(
  engine: Engine,
  registry: Registry,
  name: AttributeName,
  version: string,
): Promise<Estimator> {
  const folder = await mkdtemp(path.join(tmpdir(), 'model-'));
  try {
    const card = await registry.download(name, version, folder, engine.networkFiles);
    const [estimator] = await openEstimators(engine, folder, [card]);
    if (estimator?.attribute === name) return estimator;
    throw new Error(`Expected the card of a network for ${name} but received ${card.task}.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const chipsOfCard = ({ input, views }: ModelCard) => chipsOf(input.side, views);

type Shared = Required<Pick<ModelsOptions, 'registry' | 'report' | 'certainFor'>>;

interface Loading<T> {
  /** Undefined where the model layer has none. */
  builtin(): Promise<T | undefined>;
  open(version: string): Promise<T>;
}

/** What is made of the model that is in service for a task. */
class InService<T> {
  readonly #task: AttributeName;
  readonly #shared: Shared;
  readonly #loading: Loading<T>;
  #current: { readonly made: T | undefined; readonly version: string } | undefined;
  #etag: string | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> = Promise.resolve();

  constructor(task: AttributeName, shared: Shared, loading: Loading<T>) {
    this.#task = task;
    this.#shared = shared;
    this.#loading = loading;
  }

  async get(): Promise<T | undefined> {
    if (Date.now() - this.#checkedAt >= this.#shared.certainFor) {
      this.#checkedAt = Date.now();
      this.#checking = this.#check();
    }
    await this.#checking;
    return this.#current ? this.#current.made : this.#loading.builtin();
  }

  async #check(): Promise<void> {
    const { registry, report } = this.#shared;
    try {
      const live = await registry.live(this.#task, this.#etag);
      if (!live) return;
      if (live.version !== this.#current?.version) await this.#serve(live);
      // Only now: whatever failed is tried again.
      this.#etag = live.etag;
    } catch (error) {
      const serving = this.#current?.version ?? BUILTIN;
      report(`Could not load the ${this.#task} model; "${serving}" stays in service`, error);
    }
  }

  /** A process that has just started knows no last good model: it takes the one that was in service before. */
  async #serve({ version, pointer }: Live): Promise<void> {
    try {
      this.#current = { made: await this.#make(version), version };
    } catch (error) {
      const before = pointer?.previous;
      if (this.#current || !before) throw error;
      try {
        this.#current = { made: await this.#make(before), version: before };
      } catch (another) {
        const [first, second] = [error, another].map((each) => (each instanceof Error ? each.message : each));
        throw new AggregateError([error, another], `${first} Nor could "${before}" be loaded: ${second}`);
      }
      throw error;
    }
  }

  #make(version: string): Promise<T | undefined> {
    return version === BUILTIN ? this.#loading.builtin() : this.#loading.open(version);
  }
}
