import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { personSchema } from '../attributes/person.ts';
import type { ModelInfo } from '../vision/engine.ts';
import { type Condition, ModelObjects } from './objects.ts';
import { LENGTH, type Vector } from './recognizer.ts';
import { RegistryError } from './registry-error.ts';

/** Where it is, in the training bucket. */
const KEY = 'gallery/people.json';

/** Together they take 3.5 MB, and comparing a face with all takes a fraction of a millisecond. */
export const MOST_PEOPLE = 1000;
export const MOST_PHOTOS = 20;
/** Tries to write while others do. */
const TRIES = 50;

/** Steps of a vector's numbers to 1, as it is kept: rounding moves it a tenth as far as another photo of the same person. */
const STEPS = 256;

/** A byte for each number. */
const vectorSchema = z
  .base64()
  .transform((bytes) => new Int8Array(Buffer.from(bytes, 'base64')))
  .refine(({ length }) => length === LENGTH, `${LENGTH} bytes`)
  .transform((bytes): Vector => Float32Array.from(bytes, (value) => value / STEPS));

function toBase64(vector: Vector): string {
  const bytes = Int8Array.from(vector, (value) => Math.max(-127, Math.min(127, Math.round(STEPS * value))));
  return Buffer.from(bytes.buffer).toString('base64');
}

const vectorsSchema = z.array(vectorSchema).min(1).max(MOST_PHOTOS).readonly();

const gallerySchema = z.object({
  /** What the vectors come from: those of another network mean something else. */
  recognizer: z.object({ name: z.string(), version: z.string() }),
  people: z
    .array(
      z.object({
        name: personSchema,
        /** When the latest photo was added. */
        addedAt: z.iso.datetime(),
        /** One for each photo. */
        vectors: vectorsSchema,
      }),
    )
    .max(MOST_PEOPLE)
    .readonly(),
});

export type Person = z.infer<typeof gallerySchema>['people'][number];
export type Gallery = z.infer<typeof gallerySchema>;

/** A gallery as it was read. */
export interface ReadGallery {
  /** Undefined while nobody is in it. */
  readonly gallery: Gallery | undefined;
  /** For the next question. */
  readonly etag?: string;
}

export const openGallery = ({ client, bucket }: { client: S3Client; bucket: string }): GalleryStore =>
  new GalleryStore(new ModelObjects(client, bucket));

/**
 * People that users named, each by the vectors of some photos, in one object of a bucket: no photo is kept. It is written
 * on condition that it is still as it was read, so that of two who add somebody at once neither loses the other's.
 */
export class GalleryStore {
  readonly #objects: ModelObjects;

  constructor(objects: ModelObjects) {
    this.#objects = objects;
  }

  /**
   * @param etag of an earlier answer: the question costs next to nothing while nothing has changed
   * @returns undefined while nothing has changed
   * @throws RegistryError `corrupt`
   */
  read(): Promise<ReadGallery>;
  read(etag: string | undefined): Promise<ReadGallery | undefined>;
  async read(etag?: string): Promise<ReadGallery | undefined> {
    const found = await this.#objects.openIfChanged(KEY, etag);
    if (found === 'unchanged') return undefined;
    if (found === 'absent') return { gallery: undefined };
    const gallery = parse(await text(found.body));
    return {
      gallery: gallery.people.length === 0 ? undefined : gallery,
      ...(found.etag && { etag: found.etag }),
    };
  }

  /**
   * Adds photos of a person. One that is there already changes nothing.
   * @param vectors of the person's face in each
   * @throws RegistryError `full`, `corrupt`, `conflict`
   */
  async add(
    name: string,
    vectors: readonly Vector[],
    { name: network, version }: ModelInfo,
  ): Promise<Person> {
    const recognizer = { name: network, version };
    return this.#change((gallery) => {
      if (gallery) requireMadeWith(recognizer, gallery);
      const { people = [] } = gallery ?? {};
      const before = people.find((person) => person.name === name);
      const known = new Set(before?.vectors.map(toBase64));
      const fresh = vectors.filter((vector) => !known.has(toBase64(vector)));
      if (before && fresh.length === 0) return { result: before };
      const person = {
        name,
        addedAt: new Date().toISOString(),
        vectors: [...(before?.vectors ?? []), ...fresh],
      };
      const others = people.filter((each) => each !== before);
      if (others.length >= MOST_PEOPLE) throw full(`${MOST_PEOPLE} people`, others.length + 1);
      if (person.vectors.length > MOST_PHOTOS) {
        throw full(`${MOST_PHOTOS} photos of ${name}`, person.vectors.length);
      }
      return { result: person, gallery: { recognizer, people: [...others, person] } };
    });
  }

  /**
   * Removes a person with all vectors.
   * @throws RegistryError `missing`, `corrupt`, `conflict`
   */
  async remove(name: string): Promise<Person> {
    return this.#change((gallery) => {
      const person = gallery?.people.find((each) => each.name === name);
      if (!gallery || !person) {
        throw new RegistryError(
          'missing',
          `Expected a name in the gallery but there is no "${name}". "npm run gallery -- list" lists them.`,
        );
      }
      return {
        result: person,
        gallery: { ...gallery, people: gallery.people.filter((each) => each !== person) },
      };
    });
  }

  /** Reads, changes and writes it, again and again until nobody wrote in between. */
  async #change(
    change: (gallery: Gallery | undefined) => { readonly result: Person; readonly gallery?: Gallery },
  ): Promise<Person> {
    for (let tries = 0; tries < TRIES; tries++) {
      const { gallery: before, etag } = await this.read();
      const { result, gallery } = change(before);
      const condition: Condition = etag ? { etag } : 'absent';
      if (!gallery || (await this.#objects.write(KEY, format(gallery), 'application/json', condition))) {
        return result;
      }
      await pause(Math.random() * 200);
    }
    throw new RegistryError(
      'conflict',
      'Expected to change the gallery but others kept changing it. Try again.',
    );
  }
}

/** @throws RegistryError `conflict` where vectors come from another network: they mean something else */
export function requireMadeWith(expected: ModelInfo, { recognizer }: Gallery): void {
  if (describe(recognizer) === describe(expected)) return;
  throw new RegistryError(
    'conflict',
    `Expected a gallery made with ${describe(expected)} but it was made with ${describe(recognizer)}. Remove everybody from it, then add them again.`,
  );
}

const describe = ({ name, version }: ModelInfo) => `${name} ${version}`;

const full = (most: string, received: number) =>
  new RegistryError(
    'full',
    `Expected at most ${most} in the gallery but received ${received}. Remove some first.`,
  );

const format = ({ recognizer, people }: Gallery): string =>
  JSON.stringify({
    recognizer,
    people: people.map(({ vectors, ...person }) => ({ ...person, vectors: vectors.map(toBase64) })),
  });

function parse(json: string): Gallery {
  try {
    return gallerySchema.parse(JSON.parse(json));
  } catch (cause) {
    // No more of it than that: it is logged, and names and vectors are nobody's business.
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : 'no JSON';
    throw new RegistryError(
      'corrupt',
      `Expected ${KEY} to be what "npm run gallery" writes; delete it and add the people again. Received:\n${why}`,
    );
  }
}
