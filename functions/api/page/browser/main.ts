import type { CameraDialog } from './camera-dialog.ts';
import { byId } from './dom.ts';
import { watchExample } from './example.ts';
import { Gallery } from './gallery.ts';
import { watchIntake } from './intake.ts';
import { watchKey } from './key.ts';
import { watchMeanings } from './meanings.ts';
import {
  currentLanguage,
  loadLanguage,
  nameOtherLanguage,
  otherLanguage,
  setLanguage,
  tellProblem,
} from './texts.ts';
import { withTools } from './tools-loader.ts';

const gallery = new Gallery();
watchKey(() => gallery.retryRefused());
watchIntake((files) => {
  if (files.length > 0) gallery.add(files);
  else tellProblem('no-photo');
});
watchExample((file) => gallery.add([file]));
watchMeanings();

let camera: CameraDialog | undefined;
byId('take-photo', HTMLElement).addEventListener('click', () =>
  withTools((tools) => {
    camera ??= new tools.CameraDialog((file) => gallery.add([file]));
    camera.open();
  }),
);

loadLanguage(currentLanguage()).then(
  () => {
    nameOtherLanguage();
    gallery.render();
  },
  () => tellProblem('offline'),
);
byId('language', HTMLAnchorElement).addEventListener('click', async (event) => {
  event.preventDefault();
  const language = otherLanguage();
  try {
    await loadLanguage(language);
  } catch {
    return tellProblem('offline');
  }
  // Opened again, the page has the same language.
  history.replaceState(null, '', `?language=${language}${location.hash}`);
  setLanguage(language);
  gallery.render();
});
