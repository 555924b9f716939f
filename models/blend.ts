import type { Attribute, Blend, Part } from '../attributes/attribute.ts';
import { EVERY_ATTRIBUTE } from '../attributes/list.ts';
import { distinctChips } from '../vision/chip-spec.ts';
import { selectChips } from '../vision/chips.ts';
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
  const specs = distinctChips(asked.flatMap(({ chips }) => chips));
  return {
    attribute: name,
    blends: true,
    fields,
    model: (asked.find(({ attribute }) => attribute === name) ?? first).model,
    chips: specs,
    async estimate(chips, faces = []) {
      const told = await Promise.all(
        asked.map((estimator) => estimator.estimate(selectChips(chips, specs, estimator.chips))),
      );
      return (told[0] ?? []).map((_, face) =>
        blend.mix(Object.assign({}, settings, faces[face], ...told.map((parts) => parts[face]))),
      );
    },
  };
}
