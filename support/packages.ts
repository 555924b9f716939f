import { existsSync } from 'node:fs';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import { cached } from './cache.ts';

export const ROOT = path.resolve(import.meta.dirname, '..');
const MODULES = path.join(ROOT, 'node_modules');
/** Packages that the root install leaves out because they are for another platform than the host's. */
const FOREIGN = path.join(ROOT, '.build', 'packages');

const lockedPackageSchema = z.looseObject({
  version: z.string(),
  integrity: z.string(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
});
const lockSchema = z.object({ packages: z.record(z.string(), z.unknown()) });
type LockedPackage = z.infer<typeof lockedPackageSchema>;

/** Files that only people and compilers read. */
const NOT_RUN = /\.(map|md|markdown|[cm]?ts|mjs|h|cc|gyp|bnf)$/;
const LICENCE = /^licen[cs]e/i;

/** @returns where the root install has a package's file */
export function packagePath(name: string, file = ''): string {
  return path.join(MODULES, name, file);
}

/**
 * Copies an installed package's files that running needs.
 * @param parts folders and files to copy, relative to the package; everything when left out
 * @param from the `node_modules` folder to copy from; the root install's when left out
 */
export async function copyPackage(
  name: string,
  modules: string,
  parts?: readonly string[],
  from = MODULES,
): Promise<void> {
  const source = path.join(from, name);
  const licences = (await readdir(source)).filter((file) => LICENCE.test(file));
  for (const part of parts ? ['package.json', ...licences, ...parts] : ['']) {
    await cp(path.join(source, part), path.join(modules, name, part), {
      recursive: true,
      filter: (file) => !NOT_RUN.test(file) || LICENCE.test(path.basename(file)),
    });
  }
}

/** @returns the package's entry in `package-lock.json` */
export async function lockedPackage(name: string): Promise<LockedPackage> {
  const lock = lockSchema.parse(JSON.parse(await readFile(path.join(ROOT, 'package-lock.json'), 'utf8')));
  const entry = lock.packages[`node_modules/${name}`];
  if (entry === undefined) {
    throw new Error(`Expected ${name} in package-lock.json but found no such entry; run npm install.`);
  }
  return lockedPackageSchema.parse(entry);
}

/**
 * Finds an installed package, or installs one that is for another platform than the host's: at the version
 * and with the integrity that `package-lock.json` pins, into a folder of its own.
 * @returns the `node_modules` folder that holds the package
 */
export async function installedIn(name: string): Promise<string> {
  if (existsSync(packagePath(name))) return MODULES;
  const locked = await lockedPackage(name);
  const folder = path.join(FOREIGN, `${name.replace('/', '+')}@${locked.version}`);
  await cached(folder, (aside) => installPackage(name, locked, aside));
  return path.join(folder, 'node_modules');
}

/**
 * Makes `folder` a project of this one package, with a lock file of its own: npm checks what it downloads
 * against the integrity in that.
 */
export async function installPackage(name: string, locked: LockedPackage, folder: string): Promise<void> {
  const { optional: _, optionalDependencies: __, ...entry } = locked;
  const dependencies = { [name]: locked.version };
  const lock = { lockfileVersion: 3, packages: { '': { dependencies }, [`node_modules/${name}`]: entry } };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
  // Without `--force` npm refuses what is not for this machine.
  await execa('npm', ['ci', '--force', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}
