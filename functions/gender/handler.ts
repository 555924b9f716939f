/** Genders: the estimating function, whose environment names `gender`. */
export { handler } from '../estimate/handler.ts';
