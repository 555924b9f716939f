import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Part } from '../../attributes/attribute.ts';
import { isAttribute, type PartName } from '../../attributes/list.ts';
import { OWN } from '../../attributes/own/definition.ts';
import { isWanted, requireOn, type Wanted } from '../../attributes/wanted.ts';
import { openBuiltins } from '../../models/builtins.ts';
import { BUILTIN } from '../../models/card.ts';
import { type Estimator, openEstimators, tryOut } from '../../models/estimator.ts';
import type { OpenGallery } from '../../models/likeness.ts';
import type { Live, Registry } from '../../models/registry.ts';
import { atMostEvery } from '../../support/at-most-every.ts';
import { type ChipSpec, distinctChips } from '../../vision/chip-spec.ts';
import type { Engine } from '../../vision/engine.ts';
import { isUnanswered } from './passing.ts';

export interface ModelsOptions {
  readonly engine: Engine;
  /** What is estimated. */
  readonly parts: readonly PartName[];
  readonly registry: Registry;
  /** What attributes that are made of others know, whatever the face. */
  readonly settings?: Part;
  /** People whom faces are compared with. */
  readonly gallery?: OpenGallery;
  /** Called with a model that can't be loaded. */
  readonly report: (message: string, error: unknown) => void;
  /** For how long what is in service is taken for granted, in milliseconds. */
  readonly certainFor?: number;
}

/** What is in service, without being loaded. */
export interface Service {
  /** The wanted attributes, in the order of the list; all own ones together. */
  readonly attributes: readonly PartName[];
  /** The chips of each face that their models look at. */
  readonly chips: readonly ChipSpec[];
}

/**
 * The models in service: those that the registry points to, or the model layer's own. A change is noticed
 * within half a minute, on the next call. A model that is missing or damaged is reported by a log entry and a
 * metric, and the last good one stays in service. While the registry can't be reached, what it last said holds; a process
 * that it never answered knows nothing, and its calls fail with the registry's error.
 */
export class Models {
  /** By task; own ones are added when the registry first has them. */
  readonly #served = new Map<string, Served>();
  readonly #parts: readonly PartName[];
  readonly #own: OwnNames;
  readonly #serve: (name: string) => Served;

  constructor({ engine, parts, registry, settings, gallery, report, certainFor = 30_000 }: ModelsOptions) {
    this.#parts = parts;
    const builtins = openBuiltins(engine, settings, gallery);
    const shared = { registry, report, certainFor };
    this.#own = new OwnNames(shared);
    this.#serve = (name) => ({
      estimator: new InService(name, shared, {
        builtin: async () => (await builtins.estimators([name])).at(0),
        async open(version) {
          const own = await tryOut(await open(engine, registry, name, version));
          return builtins.blend(name, own);
        },
      }),
      chips: new InService<readonly ChipSpec[]>(name, shared, {
        builtin: () => builtins.chips(name),
        open: async (version) => builtins.chips(name, await registry.show(name, version)),
      }),
    });
  }

  /** What estimates all that is on, or some of it; nothing does for what no model is in service for. */
  async estimators(parts: readonly PartName[] = this.#parts): Promise<Estimator[]> {
    const names = await this.#names(parts);
    const estimators = await Promise.all(names.map((name) => this.#get(name).estimator.get()));
    return estimators.filter((estimator) => estimator !== undefined);
  }

  /** @throws NotOnError when something is wanted that no model is in service for */
  async service(wanted?: Wanted): Promise<Service> {
    const names = await this.#names(this.#parts);
    const chips = await Promise.all(
      names.map(async (name) => [name, await this.#get(name).chips.get()] as const),
    );
    const on = chips.filter(([, specs]) => specs !== undefined);
    requireOn(
      wanted,
      on.map(([name]) => name),
    );
    const told = on.filter(([name]) => isWanted(name, wanted));
    const parts = told.map(([name]) => (isAttribute(name) ? name : OWN));
    return {
      attributes: [...new Set(parts)],
      chips: distinctChips(told.flatMap(([, specs = []]) => specs)),
    };
  }

  /** Of the list, and own ones last. */
  async #names(parts: readonly PartName[]): Promise<readonly string[]> {
    const listed = parts.filter((part) => part !== OWN);
    return parts.includes(OWN) ? [...listed, ...(await this.#own.get())] : listed;
  }

  #get(name: string): Served {
    const served = this.#served.get(name) ?? this.#serve(name);
    this.#served.set(name, served);
    return served;
  }
}

/** What is made of the model in service for a task, for who estimates and for who cuts chips. */
interface Served {
  readonly estimator: InService<Estimator>;
  readonly chips: InService<readonly ChipSpec[]>;
}

/** Names of the own attributes that the registry has models of. */
class OwnNames {
  readonly #shared: Shared;
  readonly #checked: () => Promise<void>;
  #names: readonly string[] | undefined;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#checked = atMostEvery(shared.certainFor, () => this.#check());
  }

  async get(): Promise<readonly string[]> {
    await this.#checked();
    return this.#names ?? [];
  }

  async #check(): Promise<void> {
    const { registry, report } = this.#shared;
    try {
      this.#names = await registry.ownTasks();
    } catch (error) {
      if (!this.#names) throw error;
      report('Could not look for trained attributes; those that are known stay in service', error);
    }
  }
}

/** Opens a version of the registry as what estimates an attribute. */
async function open(engine: Engine, registry: Registry, name: string, version: string): Promise<Estimator> {
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

type Shared = Required<Pick<ModelsOptions, 'registry' | 'report' | 'certainFor'>>;

interface Loading<T> {
  /** Undefined where the model layer has none. */
  builtin(): Promise<T | undefined>;
  open(version: string): Promise<T | undefined>;
}

/** What is made of the model that is in service for a task. */
class InService<T> {
  readonly #task: string;
  readonly #shared: Shared;
  readonly #loading: Loading<T>;
  #current: { readonly made: T | undefined; readonly version: string } | undefined;
  readonly #checked: () => Promise<void>;
  #etag: string | undefined;

  constructor(task: string, shared: Shared, loading: Loading<T>) {
    this.#task = task;
    this.#shared = shared;
    this.#loading = loading;
    this.#checked = atMostEvery(shared.certainFor, () => this.#check());
  }

  async get(): Promise<T | undefined> {
    await this.#checked();
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
      if (!this.#current && isUnanswered(error)) throw error;
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
      if (this.#current || !before || isUnanswered(error)) throw error;
      try {
        this.#current = { made: await this.#make(before), version: before };
      } catch (another) {
        if (isUnanswered(another)) throw another;
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
