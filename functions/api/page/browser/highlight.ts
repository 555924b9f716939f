/** Whatever shows the same face: its card and its box on the photo. */
const PARTS = '[data-face]';

/** Highlights a face's card and its box on the photo together when either is pointed at or focused. */
export function highlightFaces(photo: HTMLElement): void {
  const highlight = ({ target }: Event) => {
    const part = target instanceof Element ? target.closest<HTMLElement>(PARTS) : null;
    const face = part?.dataset.face;
    photo.toggleAttribute('data-highlighting', face !== undefined);
    for (const each of photo.querySelectorAll<HTMLElement>(PARTS)) {
      each.classList.toggle('highlighted', each.dataset.face === face);
    }
  };
  const clear = () => {
    photo.removeAttribute('data-highlighting');
    for (const each of photo.querySelectorAll(PARTS)) each.classList.remove('highlighted');
  };
  photo.addEventListener('pointerover', highlight);
  photo.addEventListener('pointerleave', clear);
  photo.addEventListener('focusin', highlight);
  photo.addEventListener('focusout', clear);
}
