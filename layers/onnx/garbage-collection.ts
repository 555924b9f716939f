import { setFlagsFromString } from 'node:v8';

let isSet = false;

/**
 * Pixels and tensors lie outside V8's heap. As they come and go, V8 would mark the whole heap, step by step and on further
 * threads, after nearly every photo with many faces, and find little to free. From the first call on, it does so at once,
 * and only when memory has reached its limit. A function works on one message at a time, so that no one else waits for it.
 *
 * To be called once all code is loaded: Node's own code is compiled for the usual settings, and would be compiled again.
 */
export function collectAtOnce(): void {
  if (isSet) return;
  isSet = true;
  setFlagsFromString('--no-incremental-marking');
}
