import type { Attribute, Blend, Part } from '../attributes/attribute.ts';
import { EVERY_ATTRIBUTE } from '../attributes/list.ts';
import { distinctChips } from '../vision/chip-spec.ts';
import type { Estimator } from './estimator.ts';

export const blendOf = (name: string): Blend | undefined =>
  EVERY_ATTRIBUTE.find((attribute) => attribute.name === name)?.blend;

/**
 * Makes an attribute of what several estimators say of a face, and of what else is known of it.
 * @param asked what estimates the attribute itself, if anything does, and the others that it is made of
 * @param settings what else is known, whatever the face
 */
export function blended(
  { name, fields }: Pick<Attribute, 'name' | 'fields'>,
  blend: Blend,
  asked: readonly Estimator[],
  settings: Part,
): Estimator | undefined {
  const [first] = asked;
  if (!first) return undefined;
  return {
    attribute: name,
    blends: true,
    fields,
    model: (asked.find(({ attribute }) => attribute === name) ?? first).model,
    chips: distinctChips(asked.flatMap(({ chips }) => chips)),
    async estimate(photo) {
      const told = await Promise.all(asked.map((estimator) => estimator.estimate(photo)));
      return (told[0] ?? []).map((_, face) =>
        blend.mix(Object.assign({}, settings, photo.faces?.[face], ...told.map((parts) => parts[face]))),
      );
    },
  };
}
