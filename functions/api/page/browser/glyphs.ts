/** A code point that Unicode has given to no character, so that no font has it. */
const UNASSIGNED = '\u0378';
const SIZE = 24;

/** Whether the browser has a font for all characters of a text: none looks like one that no font has. */
export function canDraw(text: string, fonts: string): boolean {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = SIZE * 2;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) return true;
  context.font = `${SIZE}px ${fonts}`;
  context.textBaseline = 'top';
  const draw = (character: string) => {
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillText(character, 0, 0);
    return context.getImageData(0, 0, canvas.width, canvas.height).data.join();
  };
  const missing = draw(UNASSIGNED);
  return [...text].every((character) => draw(character) !== missing);
}
