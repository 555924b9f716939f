/** Lets the Escape key hide the meaning of a title until something else is pointed at or focused. */
export function watchMeanings(): void {
  const { documentElement } = document;
  const dismiss = (dismissed: boolean) => documentElement.toggleAttribute('data-dismissed', dismissed);
  document.addEventListener('keydown', ({ key }) => key === 'Escape' && dismiss(true));
  document.addEventListener('pointerover', () => dismiss(false));
  document.addEventListener('focusin', () => dismiss(false));
}
