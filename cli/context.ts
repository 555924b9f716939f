import { type Command, InvalidArgumentError } from 'commander';

type Context = Readonly<Record<string, string>>;

/** Gives a command the option that sets the configuration: `-c maximumFaces=20`, any number of times. */
export function addContextOption(command: Command): Command {
  return command.option(
    '-c, --context <key=value>',
    'change a setting (see docs/configuration.md); may be repeated',
    (text: string, context: Context): Context => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined) throw new InvalidArgumentError('Expected key=value.');
      return { ...context, [key]: value };
    },
    {},
  );
}
