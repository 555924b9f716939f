import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { pythonEnvironment } from '../../local/python.ts';
import { ROOT } from '../../support/packages.ts';

/** Where `npm run clients` puts the package, to be installed by pip. */
export const PACKAGE = path.join(ROOT, '.build', 'clients', 'python');

const own = (file: string) => path.join(import.meta.dirname, file);

/** @returns absolute path of a `python` that has the generator and what its packages need */
export const generatorPython = () => pythonEnvironment('clients', own('requirements.txt'));

/**
 * Makes the Python package of an OpenAPI document in JSON.
 * @param folder where to put it; replaced
 * @throws Error saying what in the document cannot be expressed
 */
export async function generatePackage(document: string, folder: string): Promise<void> {
  const python = await generatorPython();
  const temporary = await mkdtemp(path.join(tmpdir(), 'facedrop-client-'));
  try {
    const file = path.join(temporary, 'openapi.json');
    await writeFile(file, document);
    await mkdir(path.dirname(folder), { recursive: true });
    const options = ['--path', file, '--config', own('generator.yaml'), '--meta', 'uv', '--fail-on-warning'];
    await execa(
      python,
      ['-m', 'openapi_python_client', 'generate', ...options, '--output-path', folder, '--overwrite'],
      // The generator tidies up with the `python` that it finds.
      { env: { PATH: `${path.dirname(python)}${path.delimiter}${process.env.PATH ?? ''}` } },
    );
    await copyFile(own('README.md'), path.join(folder, 'README.md'));
  } finally {
    await rm(temporary, { recursive: true });
  }
}
