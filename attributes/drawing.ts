import type { Drawn } from '../vision/annotation-plan.ts';
import type { Part } from './attribute.ts';
import { wordsOf } from './facts.ts';

/** What is drawn of a face on its photo: "34 (28–41)", "F 97 %". Nothing is said while not all is known. */
export function drawn(face: Part & Pick<Drawn, 'box'>): Drawn {
  const words = wordsOf(face).map((each) => each.label(face));
  const known = words.filter((label) => label !== undefined);
  return { box: face.box, words: known.length === words.length ? known : [] };
}
