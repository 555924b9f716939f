/** Longest excerpt, in characters. */
const LONGEST = 60;

/** As much of what a client sent as is repeated to it. */
export function excerpt(text: string): string {
  const characters = [...text.slice(0, 2 * LONGEST + 2)];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join('')}…` : text;
}
