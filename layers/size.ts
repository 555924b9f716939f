import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';

/** AWS Lambda's limit on a function's code and all of its layers together, unzipped, in bytes. */
export const LAMBDA_UNZIPPED_LIMIT = 262_144_000;

/** What the largest function bundle may take of that limit, in bytes; the layer has the rest. */
export const FUNCTION_ALLOWANCE = 8_000_000;

/** @returns sum of the sizes of all files below a directory, in bytes */
export async function directorySize(directory: string): Promise<number> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map((file) => stat(path.join(file.parentPath, file.name))));
  return sizes.reduce((total, { size }) => total + size, 0);
}

/**
 * @param limit bytes that Lambda allows for function and layers together
 * @returns the layer's unzipped size in bytes
 * @throws when the layer would not leave {@link FUNCTION_ALLOWANCE} for the function
 */
export async function assertFits(layer: string, limit = LAMBDA_UNZIPPED_LIMIT): Promise<number> {
  const size = await directorySize(layer);
  const room = limit - FUNCTION_ALLOWANCE;
  if (size > room) {
    throw new Error(
      `Expected a layer of at most ${room} bytes unzipped (Lambda's limit of ${limit} less ` +
        `${FUNCTION_ALLOWANCE} for the function) but received ${size} bytes; leave files out of the layer ` +
        'or deploy with -c engine=onnx, whose layer is the smaller one.',
    );
  }
  return size;
}
