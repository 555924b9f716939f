/** Folders of the networks that are built in, among those that were built. */
export const BUILTINS = ['age-gender-net', 'face-expression-net', 'face-mesh'] as const;
