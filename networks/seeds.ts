/** Gives each part of a network a seed of its own. */
export type Seeds = () => number;

/** More than any network has parts with a seed. */
const PARTS = 1024;

/** @param seed a whole number from 0 on; @returns different seeds, none of them 0, which TensorFlow.js takes for none */
export function seedsFrom(seed: number): Seeds {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`Expected a seed that is a whole number from 0 on but received ${seed}.`);
  }
  let next = seed * PARTS;
  return () => {
    next += 1;
    return next;
  };
}
