import { CameraDialog } from './camera-dialog.ts';
import { announce, byId } from './dom.ts';
import { Gallery } from './gallery.ts';
import { watchIntake } from './intake.ts';
import { watchKey } from './key.ts';
import { currentLanguage, setLanguage, texts } from './texts.ts';

const gallery = new Gallery();
watchKey(() => gallery.retryRefused());
watchIntake((files) => {
  if (files.length > 0) gallery.add(files);
  else {
    const problem = texts().problems['no-photo'].join('. ');
    byId('drop-hint', HTMLElement).textContent = problem;
    announce(problem);
  }
});
new CameraDialog((file) => gallery.add([file]));

byId('language', HTMLAnchorElement).addEventListener('click', (event) => {
  event.preventDefault();
  const language = currentLanguage() === 'en' ? 'zh' : 'en';
  // Opened again, the page has the same language.
  history.replaceState(null, '', `?language=${language}`);
  setLanguage(language);
  gallery.render();
});
