import { byId } from './dom.ts';

/**
 * Takes photos that the user chooses, drops anywhere on the page, or pastes.
 * @param onFiles called with the files that were given together; with none when what was dropped or pasted is no file
 */
export function watchIntake(onFiles: (files: readonly File[]) => void): void {
  const form = byId('intake', HTMLFormElement);
  const input = byId('file', HTMLInputElement);
  form.noValidate = true;
  input.multiple = true;
  input.addEventListener('change', () => {
    onFiles([...(input.files ?? [])]);
    // The same file may be chosen again.
    input.value = '';
  });

  // The browser would leave the page for a file that is dropped beside the form.
  let depth = 0;
  const mark = (change: number) => {
    depth = Math.max(0, depth + change);
    form.classList.toggle('dropping', depth > 0);
  };
  document.addEventListener('dragenter', () => mark(1));
  document.addEventListener('dragleave', () => mark(-1));
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(-depth);
    onFiles([...(event.dataTransfer?.files ?? [])]);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // Text is pasted into fields.
    if (files.length === 0) return;
    event.preventDefault();
    onFiles(files);
  });
}
