/** What every reading has: what the network's output is. */
export interface Reading {
  readonly output: string;
}
