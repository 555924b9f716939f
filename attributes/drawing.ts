import type { Drawn } from '../vision/annotation-plan.ts';
import type { Part } from './attribute.ts';
import { WORDS } from './list.ts';
import { ownWordsOf } from './own/words.ts';

/** What is drawn of a face on its photo: "34 (28–41)", "F 97 %". Nothing is said while not all is known. */
export function drawn(face: Part & Pick<Drawn, 'box'>): Drawn {
  const words = WORDS.map((each) => each.label(face)).filter((label) => label !== undefined);
  const own = ownWordsOf(face).flatMap((each) => each.label(face) ?? []);
  return { box: face.box, words: words.length === WORDS.length ? [...words, ...own] : [] };
}
