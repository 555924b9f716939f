/** Lets the user put away what a title says of its meaning with the Escape key, until another one is pointed at or focused. */
export function watchMeanings(): void {
  const { documentElement } = document;
  const dismiss = (dismissed: boolean) => documentElement.toggleAttribute('data-dismissed', dismissed);
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && dismiss(true));
  document.addEventListener('pointerover', () => dismiss(false));
  document.addEventListener('focusin', () => dismiss(false));
}
