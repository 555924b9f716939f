/** Corrections made through the HTTP API are a data set of this name. */
export const CORRECTIONS = 'corrections';
