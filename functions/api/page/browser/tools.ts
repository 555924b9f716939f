/** What only some visits of the page need. It is loaded once it is. */
export { CameraDialog } from './camera-dialog.ts';
export { CorrectionDialog } from './correction-dialog.ts';
export { keepCorrection } from './corrections.ts';
export { annotate, blur } from './drawing.ts';
export { drawSheet } from './sheet.ts';
