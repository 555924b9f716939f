/** What only some visits need: a script of its own. */
export { CameraDialog } from './camera-dialog.ts';
export { CorrectionDialog } from './correction-dialog.ts';
export { keepCorrection } from './corrections.ts';
export { annotate, blur } from './drawing.ts';
export { drawSheet } from './sheet.ts';
