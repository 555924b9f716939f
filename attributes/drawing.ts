import type { Drawn } from '../vision/annotation-plan.ts';
import type { Part } from './attribute.ts';
import { wordsOf } from './facts.ts';

/** What is drawn of a face on its photo: "34 (28–41)", "F 97 %". */
export const drawn = (face: Part & Pick<Drawn, 'box'>): Drawn => ({
  box: face.box,
  words: wordsOf(face).flatMap((each) => each.label(face) ?? []),
});
