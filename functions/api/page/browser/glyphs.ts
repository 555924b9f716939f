/** Large enough for widths not to be rounded much, in pixels. */
const SIZE = 100;

/**
 * Whether the browser has a font for Chinese. Its characters are as wide as they are high, whereas the box that takes the
 * place of a missing one is narrower.
 */
export function hasChinese(fonts: string): boolean {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return true;
  context.font = `${SIZE}px ${fonts}`;
  return context.measureText('文').width > SIZE * 0.9;
}
