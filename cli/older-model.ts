import { InvalidArgumentError } from 'commander';
import * as z from 'zod';
import type { Face } from '../attributes/face.ts';
import { isAttribute } from '../attributes/list.ts';
import { OWN_NAME } from '../attributes/own/definition.ts';
import type { Photo } from '../functions/shared/item.ts';
import { openRegistry } from '../models/registry.ts';
import { modelSchema } from '../vision/face.ts';
import type { Target } from './target.ts';

/** A version of what estimates an attribute: "age:3". */
export interface AttributeVersion {
  readonly attribute: string;
  readonly version: string;
}

export function parseAttributeVersion(text: string): AttributeVersion {
  const [, attribute = '', version = ''] = /^([^:]*):(.+)$/.exec(text) ?? [];
  if (!OWN_NAME.test(attribute)) {
    throw new InvalidArgumentError('Expected ATTRIBUTE:VERSION, such as age:3.');
  }
  return { attribute, version };
}

/** Versions of the networks that come with facedrop. */
const NUMBER = /^\d{1,9}$/;

/**
 * Whether an older model told a photo's attribute. Versions that were trained are as old as they are; the networks that
 * come with facedrop are older than these, and have numbers. A version that the registry no longer has is older than any.
 * @throws Error when there is no such version
 */
export async function toldByOlder(
  { s3, stack }: Target,
  { attribute, version }: AttributeVersion,
): Promise<(photo: Photo) => boolean> {
  const registry = openRegistry({ client: s3, bucket: stack.trainingBucket });
  const cards = await registry.list(attribute);
  const made = new Map(cards.map((card) => [card.version, card.createdAt]));
  const since = made.get(version);
  if (since === undefined && !NUMBER.test(version)) {
    throw new Error(
      `Expected a number, or the version of a trained ${attribute} model, but received "${version}". "npm run models -- list" lists them.`,
    );
  }
  const isOlder = (told: string): boolean => {
    const toldSince = made.get(told);
    if (since !== undefined) return toldSince === undefined || toldSince < since;
    if (toldSince !== undefined) return false;
    return !NUMBER.test(told) || Number(told) < Number(version);
  };
  return ({ faces = [] }) =>
    faces.some((face) => {
      const told = versionOf(face, attribute);
      return told !== undefined && isOlder(told);
    });
}

const toldSchema = z.object({ model: modelSchema });

/** Undefined where the face is without the attribute. */
function versionOf(face: Face, attribute: string): string | undefined {
  const told = isAttribute(attribute) ? face[attribute] : face.attributes?.[attribute];
  return toldSchema.safeParse(told).data?.model.version;
}
