import { basename } from 'node:path';
import { type Command, CommanderError, Help, InvalidArgumentError, type Option } from 'commander';
import pc from 'picocolors';

/**
 * What a command ends with: `failed` when a photo failed, `error` when the command could not do its work,
 * `interrupted` as a shell reports a program that Ctrl-C ended.
 */
export const EXIT = { done: 0, failed: 1, error: 2, interrupted: 130 } as const;

/** Runs a command line. Prints errors as a sentence, and with the variable DEBUG where they come from. */
export async function run(command: Command): Promise<void> {
  // Whoever reads the output may stop reading: `npm run drop … | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  try {
    for (const each of [command, ...command.commands]) {
      each.exitOverride().configureHelp({ optionDescription });
    }
    await command.parseAsync();
  } catch (error) {
    // Commander has printed its own already.
    if (!(error instanceof CommanderError)) complain(error);
    process.exitCode = error instanceof CommanderError && error.exitCode === 0 ? EXIT.done : EXIT.error;
  }
}

/** Commander prints every default; one that stands for an option that is not set would only puzzle. */
function optionDescription(option: Option): string {
  const unset = ['false', '""', '{}', '"{}"'].includes(JSON.stringify(option.defaultValue));
  return unset ? option.description : new Help().optionDescription(option);
}

export function complain(error: unknown): void {
  const debug = process.env.DEBUG !== undefined && error instanceof Error;
  const { red } = pc.createColors(process.stderr.isTTY === true && pc.isColorSupported);
  const lines = (debug ? String(error.stack) : explain(error)).split('\n');
  say(red(`✗ ${lines.map(printable).join('\n')}`));
}

/** The system's words for a connection that was refused say neither what was expected nor what to do. */
const explain = (error: unknown): string =>
  error instanceof Error && 'syscall' in error && error.syscall === 'connect'
    ? `Expected the stack to answer but it does not (${error.message}). Check that it still runs.`
    : messageOf(error);

const ESCAPE = '\u001b';
/** A colour, as programs turn one on and off, or the end of a line. */
const KEPT = new RegExp(`(\n|${ESCAPE}\\[\\d{1,2}m)`);

/** Prints something that is not a result. Whatever names, labels and messages are in it, they can at most colour it. */
export function say(text: string): void {
  const parts = text.split(KEPT).map((part, index) => (index % 2 === 1 ? part : printable(part)));
  process.stderr.write(`${parts.join('')}\n`);
}

/** Keys and messages are anybody's text: none may send commands to the terminal, or turn what follows around. */
export const printable = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '�');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Where the user is: npm runs scripts in the project's folder, wherever it was called. */
export function workingDirectory(): string {
  const { npm_lifecycle_event: script, INIT_CWD: called } = process.env;
  // Not when npm runs something else that runs this program.
  return called && script === basename(process.argv[1] ?? '', '.ts') ? called : process.cwd();
}

/** @returns what parses an option's value, a number in that range */
export const numberFrom = (minimum: number, maximum: number) => parserOf('number', minimum, maximum);

/** @returns what parses an option's value, a whole number in that range */
export const wholeNumberFrom = (minimum: number, maximum: number) =>
  parserOf('whole number', minimum, maximum);

function parserOf(kind: 'number' | 'whole number', minimum: number, maximum: number) {
  return (text: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const isRight = value >= minimum && value <= maximum && (kind === 'number' || Number.isInteger(value));
    if (!isRight) throw new InvalidArgumentError(`Expected a ${kind} from ${minimum} to ${maximum}.`);
    return value;
  };
}

/** "1 photo", "2 photos" */
export const count = (number: number, noun: string): string =>
  `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
