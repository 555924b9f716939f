/**
 * Lets the system's errors of some codes pass: `rename(a, b).catch(allow('ENOENT'))`.
 * @returns throws any other error that it is given
 */
export function allow(...codes: readonly string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}
