import { byId } from './dom.ts';
import { tellProblem } from './texts.ts';

const NAME = 'example';

/**
 * Gives the sample photo when the user asks for it, or comes with an address that does: `#example`.
 * @param onPhoto called each time with the photo
 */
export function watchExample(onPhoto: (file: File) => void): void {
  const link = byId(NAME, HTMLAnchorElement);
  const show = async () => {
    try {
      const response = await fetch(link.dataset.photo ?? '');
      const photo = await response.blob();
      onPhoto(new File([photo], `${NAME}.jpg`, { type: photo.type }));
    } catch {
      tellProblem('offline');
    }
  };
  const showIfAsked = () => {
    if (new URLSearchParams(location.hash.slice(1)).has(NAME)) show();
  };
  showIfAsked();
  addEventListener('hashchange', showIfAsked);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    // To be copied from there; asked for again, it comes again.
    history.replaceState(null, '', link.hash);
    show();
  });
}
