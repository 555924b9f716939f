import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { isAttribute } from '../attributes/list.ts';
import {
  BUILTIN,
  type LivePointer,
  livePointerSchema,
  MODEL_FILES,
  type ModelCard,
  type ModelFile,
  modelCardSchema,
  type Switch,
  taskNameSchema,
} from './card.ts';
import { follow } from './live.ts';
import { type CardDraft, describeFolder } from './model-folder.ts';
import { check, ModelObjects } from './objects.ts';
import { RegistryError } from './registry-error.ts';

export interface SwitchOptions {
  /** For people who read the history. */
  readonly why: string;
  /** Refuse unless this version (or "builtin") is in service: the one that the new one was compared with. */
  readonly insteadOf?: string | undefined;
}

/** What is in service. Without a pointer it is the network of the model layer. */
export interface Live {
  readonly version: string;
  readonly pointer?: LivePointer;
  /** The pointer's entity tag, for the next question. */
  readonly etag?: string;
}

/** What is served of a version. */
const NETWORK_FILES = ['model.onnx', 'trunk.onnx'] as const;

const CONTENT_TYPES: Readonly<Record<string, string>> = { '.json': 'application/json', '.html': 'text/html' };

/**
 * @param client may do what is asked of the registry: read or write `models/*`, and in any case list the bucket,
 * as S3 otherwise forbids to read what is not there instead of saying so
 */
export const openRegistry = ({ client, bucket }: { client: S3Client; bucket: string }): Registry =>
  new Registry(new ModelObjects(client, bucket));

/**
 * Trained models in a bucket. `models/TASK/VERSION/` holds the files of a version and its card, which is written
 * last and never again; `models/TASK/live.json` points to the version in service. It is switched by a conditional
 * write, so that of two who switch it at once one is refused.
 */
export class Registry {
  readonly #objects: ModelObjects;

  constructor(objects: ModelObjects) {
    this.#objects = objects;
  }

  /**
   * Stores a version. Storing the very same network again changes nothing.
   * @param folder holds `model.onnx` and as many of the other model files as there are
   * @throws RegistryError `exists` when the version is that of another network, `missing`
   */
  async publish(draft: CardDraft, folder: string): Promise<ModelCard> {
    const { task, version } = draft;
    const { card, contents } = await describeFolder(draft, folder);
    const key = keyOf(task, version, 'card.json');
    if (!(await this.#objects.has(key))) {
      for (const [file, content] of contents) {
        const type = CONTENT_TYPES[path.extname(file)] ?? 'application/octet-stream';
        await this.#objects.write(keyOf(task, version, file), content, type);
      }
      if (await this.#objects.write(key, toJson(card), 'application/json', 'absent')) return card;
    }
    const there = await this.show(task, version);
    if (NETWORK_FILES.every((file) => there.files[file]?.sha256 === card.files[file]?.sha256)) return there;
    throw new RegistryError(
      'exists',
      `Expected a new version of the ${task} model but there is another "${version}" already.`,
    );
  }

  /** Names of all tasks that there is, or was, a model of. */
  async tasks(): Promise<string[]> {
    const names = await this.#objects.folders('models/');
    return names.filter((name) => taskNameSchema.safeParse(name).success);
  }

  /** The own attributes among them, by name. */
  async ownTasks(): Promise<string[]> {
    return (await this.tasks()).filter((name) => !isAttribute(name)).sort();
  }

  /** All versions, the newest first. */
  async list(task: string): Promise<ModelCard[]> {
    const cards: ModelCard[] = [];
    for (const version of await this.#objects.folders(`models/${task}/`)) {
      try {
        cards.push(await this.show(task, version));
      } catch (error) {
        // It is being published, or its publication broke off.
        if (!(error instanceof RegistryError && error.code === 'missing')) throw error;
      }
    }
    return cards.sort((one, other) => (one.createdAt < other.createdAt ? 1 : -1));
  }

  /** @throws RegistryError `missing`, `corrupt` */
  async show(task: string, version: string): Promise<ModelCard> {
    const key = keyOf(task, version, 'card.json');
    const found = await this.#objects.openIfChanged(key);
    if (typeof found === 'string') {
      throw new RegistryError(
        'missing',
        `Expected a version of the ${task} model but there is no "${version}". "npm run models -- list" lists them.`,
      );
    }
    const card = parse(modelCardSchema, await text(found.body), key);
    if (card.task === task && card.version === version) return card;
    throw new RegistryError(
      'corrupt',
      `Expected ${key} to be the card of ${task} ${version} but it is that of ${card.task} ${card.version}.`,
    );
  }

  /**
   * Which version is in service.
   * @param etag of an earlier answer: the question costs next to nothing while nothing has changed
   * @returns undefined while nothing has changed
   * @throws RegistryError `corrupt`
   */
  live(task: string): Promise<Live>;
  live(task: string, etag: string | undefined): Promise<Live | undefined>;
  async live(task: string, etag?: string): Promise<Live | undefined> {
    const key = pointerKey(task);
    const found = await this.#objects.openIfChanged(key, etag);
    if (found === 'unchanged') return undefined;
    if (found === 'absent') return { version: BUILTIN };
    const pointer = parse(livePointerSchema, await text(found.body), key);
    return { version: pointer.version, pointer, ...(found.etag && { etag: found.etag }) };
  }

  /**
   * Puts a version, or the network of the model layer ("builtin"), into service, once all its files were found as
   * they were published. Where it is in service already, nothing changes.
   * @throws RegistryError `missing`, `corrupt`, `conflict`; what is in service then stays
   */
  async promote(task: string, version: string, options: SwitchOptions): Promise<LivePointer> {
    const live = await this.live(task);
    if (live.pointer?.version === version) return live.pointer;
    return this.#switch(task, live, { version, action: 'promote' }, options);
  }

  /**
   * Goes back to what was in service before, and further back with each call.
   * @param to this version (or "builtin") instead
   * @throws RegistryError `nothing-before`, and as `promote` does
   */
  async rollback(task: string, options: SwitchOptions, to?: string): Promise<LivePointer> {
    const live = await this.live(task);
    const version = to ?? live.pointer?.previous ?? BUILTIN;
    if (version === live.version) {
      throw new RegistryError(
        'nothing-before',
        `Expected another ${task} model to go back to but "${version}" is in service already. "npm run models -- list" lists the versions.`,
      );
    }
    return this.#switch(task, live, { version, action: 'rollback' }, options);
  }

  /**
   * Fetches files of a version and checks what came; a file that is wrong never gets its name. With `model.onnx` comes the
   * trunk that it builds on, if it does.
   * @returns the card; the files lie in `folder` under their own names
   * @throws RegistryError `missing`, `corrupt`
   */
  async download(
    task: string,
    version: string,
    folder: string,
    files: readonly ModelFile[] = ['model.onnx'],
  ): Promise<ModelCard> {
    const card = await this.show(task, version);
    await mkdir(folder, { recursive: true });
    const hasTrunk = files.includes('model.onnx') && card.files['trunk.onnx'];
    for (const file of hasTrunk ? [...files, 'trunk.onnx' as const] : files) {
      const facts = card.files[file];
      const key = keyOf(task, version, file);
      if (!facts)
        throw new RegistryError('missing', `Expected ${key} but the model was published without that file.`);
      const { body } = await this.#objects.open(key);
      const part = path.join(folder, `${file}.${process.pid}.part`);
      try {
        await pipeline(body, createWriteStream(part));
        await check(key, facts, createReadStream(part));
        await rename(part, path.join(folder, file));
      } finally {
        await rm(part, { force: true });
      }
    }
    return card;
  }

  /**
   * Deletes a version that is not in service, or all of an own attribute, which is then no longer estimated.
   * @throws RegistryError `missing`, `in-service`
   */
  async remove(task: string, version?: string): Promise<void> {
    if (version === undefined) {
      // The pointer first: functions follow it.
      await this.#objects.delete(pointerKey(task));
      return this.#objects.delete(`models/${task}/`);
    }
    const live = await this.live(task);
    if (live.version === version) {
      throw new RegistryError(
        'in-service',
        `Expected a ${task} model that is not in service but "${version}" is. Put another one into service first: npm run models -- rollback ${task}`,
      );
    }
    await this.show(task, version);
    // The card first: without it there is no version, whatever is left of its files.
    await this.#objects.delete(keyOf(task, version, 'card.json'));
    await this.#objects.delete(`models/${task}/${version}/`);
  }

  async #switch(
    task: string,
    live: Live,
    { version, action }: Pick<Switch, 'version' | 'action'>,
    { why, insteadOf = live.version }: SwitchOptions,
  ): Promise<LivePointer> {
    const changed = (now: string) =>
      new RegistryError(
        'conflict',
        `Expected ${task} model "${insteadOf}" to be in service still but it is "${now}" now: somebody else has switched it. Look at it with "npm run models -- show ${task}", and try again.`,
      );
    if (insteadOf !== live.version) throw changed(live.version);
    if (version !== BUILTIN) await this.#verify(task, version);
    const pointer = follow(live.pointer, { version, action, at: new Date().toISOString(), why });
    const condition = live.etag ? { etag: live.etag } : 'absent';
    if (await this.#objects.write(pointerKey(task), toJson(pointer), 'application/json', condition)) {
      return pointer;
    }
    // When the answer to a write is lost, the client tries again, and that fails on its own pointer.
    const now = await this.live(task);
    if (toJson(now.pointer) === toJson(pointer)) return pointer;
    throw changed(now.version);
  }

  async #verify(task: string, version: string): Promise<void> {
    const { files } = await this.show(task, version);
    for (const file of MODEL_FILES) {
      const key = keyOf(task, version, file);
      if (files[file]) await check(key, files[file], (await this.#objects.open(key)).body);
    }
  }
}

const keyOf = (task: string, version: string, file: string) => `models/${task}/${version}/${file}`;
const pointerKey = (task: string) => `models/${task}/live.json`;

const toJson = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

function parse<T>(schema: z.ZodType<T>, json: string, key: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new RegistryError(
      'corrupt',
      `Expected ${key} to be what the registry writes; repair or delete it. Received:\n${why}`,
      {
        cause,
      },
    );
  }
}
