/** Ages: the estimating function, whose environment names `age`. */
export { handler } from '../estimate/handler.ts';
