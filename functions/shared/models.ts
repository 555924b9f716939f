import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openBuiltins } from '../../models/builtins.ts';
import { BUILTIN, type Task } from '../../models/card.ts';
import type { AgePart, Estimator, GenderPart } from '../../models/estimator.ts';
import type { Live, Registry } from '../../models/registry.ts';
import { openTrained } from '../../models/trained.ts';
import { type ChipSpec, type Crops, chipBytes, chipsOf, distinctChips } from '../../vision/chip-spec.ts';
import type { Engine } from '../../vision/engine.ts';

export interface ModelsOptions {
  readonly engine: Engine;
  readonly registry: Registry;
  /** Crops that the engine's age and gender estimator averages. */
  readonly crops: Crops;
  /** Told of a model that can't be loaded. */
  readonly report: (message: string, error: unknown) => void;
  /** For how long what is in service is taken for granted, in milliseconds. */
  readonly certainFor?: number;
}

/**
 * The models in service: those that the registry points to, or the model layer's own. A change is noticed
 * within half a minute, on the next call. A model that is missing or damaged is told of by a log entry and a
 * metric, and the last good one stays in service.
 */
export class Models {
  readonly #age: InService<Estimator<AgePart>>;
  readonly #gender: InService<Estimator<GenderPart>>;
  readonly #chips: readonly InService<readonly ChipSpec[]>[];

  constructor({ engine, registry, crops, report, certainFor = 30_000 }: ModelsOptions) {
    const builtins = openBuiltins(engine, crops);
    const open = async <Name extends Task>(task: Name, version: string) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'model-'));
      try {
        const card = await registry.download(task, version, folder, engine.networkFiles);
        const { [task]: estimator } = await openTrained(engine, folder, card);
        if (estimator) return estimator;
        throw new Error(`Expected the card of a network for ${task} but received ${card.task}.`);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    };
    const shared = { registry, report, certainFor };
    this.#age = new InService('age', shared, {
      builtin: async () => (await builtins.estimators()).age,
      open: async (version) => tried(await open('age', version)),
    });
    this.#gender = new InService('gender', shared, {
      builtin: async () => (await builtins.estimators()).gender,
      open: async (version) => tried(await open('gender', version)),
    });
    this.#chips = (['age', 'gender'] as const).map(
      (task) =>
        new InService(task, shared, {
          builtin: builtins.chips,
          open: async (version) => {
            const { input, crops: views } = await registry.show(task, version);
            return chipsOf(input, views);
          },
        }),
    );
  }

  age = (): Promise<Estimator<AgePart>> => this.#age.get();
  gender = (): Promise<Estimator<GenderPart>> => this.#gender.get();

  /** The chips that the models in service look at, without loading them. */
  async chips(): Promise<ChipSpec[]> {
    return distinctChips((await Promise.all(this.#chips.map((task) => task.get()))).flat());
  }
}

type Shared = Required<Pick<ModelsOptions, 'registry' | 'report' | 'certainFor'>>;

interface Loading<T> {
  builtin(): Promise<T>;
  open(version: string): Promise<T>;
}

/** What is made of the model that is in service for a task. */
class InService<T> {
  readonly #task: Task;
  readonly #shared: Shared;
  readonly #loading: Loading<T>;
  #current: { readonly made: T; readonly version: string } | undefined;
  #etag: string | undefined;
  #checkedAt = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> = Promise.resolve();

  constructor(task: Task, shared: Shared, loading: Loading<T>) {
    this.#task = task;
    this.#shared = shared;
    this.#loading = loading;
  }

  async get(): Promise<T> {
    if (Date.now() - this.#checkedAt >= this.#shared.certainFor) {
      this.#checkedAt = Date.now();
      this.#checking = this.#check();
    }
    await this.#checking;
    return this.#current?.made ?? this.#loading.builtin();
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

  #make(version: string): Promise<T> {
    return version === BUILTIN ? this.#loading.builtin() : this.#loading.open(version);
  }
}

/**
 * Lets an estimator look at a grey face before anyone relies on it, which also readies it.
 * @throws Error when it makes no sense of it
 */
async function tried<Part extends AgePart | GenderPart>(
  estimator: Estimator<Part>,
): Promise<Estimator<Part>> {
  const bytes = estimator.chips.reduce((sum, chip) => sum + chipBytes(chip), 0);
  const [part] = await estimator.estimate(new Uint8Array(bytes).fill(128));
  const value = part && ('age' in part ? part.age.years : part.gender.confidence);
  if (Number.isFinite(value)) return estimator;
  const { name, version } = estimator.model;
  throw new Error(`Expected ${name} ${version} to estimate a number but received ${value}.`);
}
