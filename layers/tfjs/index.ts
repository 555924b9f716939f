import { createTfjsEngine } from './engine.ts';

export const engine = createTfjsEngine(import.meta.dirname);
export { loadFaceApi } from './face-api.ts';
