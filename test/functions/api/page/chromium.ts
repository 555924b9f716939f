import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';

const run = promisify(execFile);

/** How long a browser and its pages may take while other tests keep the machine busy, in milliseconds. */
export const PATIENCE = 120_000;

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** For a machine without a screen, a graphics card or a way to other hosts. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

interface ChromiumOptions {
  /** What its camera sees: path of a Motion JPEG file, one JPEG after another; without it there is none. */
  readonly film?: string;
  /** Path of a Fontconfig file that says which fonts there are; default: all of the machine's. */
  readonly fonts?: string;
}

/**
 * Starts the machine's Chromium.
 * @throws Error saying how to install a browser, when there is none
 */
export async function launchChromium({ film, fonts }: ChromiumOptions = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium(),
    timeout: PATIENCE,
    env: { ...process.env, ...(fonts !== undefined && { FONTCONFIG_FILE: fonts }) },
    args: [
      ...ARGUMENTS,
      ...(film === undefined
        ? []
        : [
            '--use-fake-ui-for-media-stream',
            '--use-fake-device-for-media-stream',
            `--use-file-for-fake-video-capture=${film}`,
          ]),
    ],
  });
}

/** The program that the variable CHROMIUM names, or one on the PATH; on Debian it is installed where that may be done. */
async function findChromium(): Promise<string> {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const find = async () => {
    const paths = NAMES.flatMap((name) =>
      PATH.split(path.delimiter).map((folder) => path.join(folder, name)),
    );
    for (const file of paths) if (await isProgram(file)) return file;
    return undefined;
  };
  const found = (await find()) ?? ((await install()) ? await find() : undefined);
  if (found) return found;
  throw new Error(
    'Expected Chromium for the tests of the page but found none. Install it, on Debian with "apt-get install chromium", or name its program in the variable CHROMIUM.',
  );
}

const isProgram = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

/** One test file after another: apt-get fails while another one runs. @returns whether that could be done */
async function install(): Promise<boolean> {
  if (process.getuid?.() !== 0 || !(await isProgram('/usr/bin/apt-get'))) return false;
  const options = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const alone = (...args: string[]) => run('flock', [import.meta.filename, 'apt-get', ...args], options);
  try {
    await alone('update');
    await alone('install', '--yes', '--no-install-recommends', 'chromium');
    return true;
  } catch {
    return false;
  }
}
