import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { settingsSchema } from '../infra/config.ts';

/** Where the table of settings stands. */
export const CONFIGURATION = path.join(import.meta.dirname, 'configuration.md');
const SOURCE = path.join(import.meta.dirname, '..', 'infra', 'config.ts');

const INTRODUCTION = `# Configuration

<!-- Made from infra/config.ts by "npx node docs/configuration.ts": change it there. -->

Settings are CDK context. Give them when you deploy or start, or keep them in \`cdk.json\` under \`context\`:

\`\`\`console
$ npm run deploy -- -c maximumFaces=20
$ npm start -- -c maximumFaces=20
\`\`\`

\`-c\` applies to one deployment or start: the next one without it goes back to the default. Keep permanent settings in
\`cdk.json\`:

\`\`\`json
{ "context": { "maximumFaces": 20, "alarmEmail": "ops@example.com" } }
\`\`\`

A setting that is unknown or out of range is refused, with a message that says what was expected. On a local stack
\`webhookUrl\` and \`photoDays\` are not available.
`;

/**
 * Makes the document of the settings: defaults and ranges come from the schema, meanings from the comments above its
 * fields.
 * @throws Error naming a setting without a comment or a range
 */
export async function renderConfiguration(): Promise<string> {
  const meanings = readMeanings(await readFile(SOURCE, 'utf8'));
  const rows = Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const meaning = meanings.get(name);
    const range = schema.description;
    if (meaning === undefined || range === undefined) {
      throw new Error(
        `Expected a comment above ${name} in infra/config.ts, and a range, but there is none. Add it.`,
      );
    }
    const { success, data } = schema.safeParse(undefined);
    return [`\`${name}\``, success ? formatDefault(data) : '', range, meaning];
  });
  const table = [['setting', 'default', 'range', 'meaning'], ['---', '---', '---', '---'], ...rows];
  return `${INTRODUCTION}\n${table.map((cells) => `| ${cells.map(escapeBars).join(' | ')} |\n`).join('')}`;
}

/** The comment above each field of the schema, as one line. */
function readMeanings(source: string): ReadonlyMap<string, string> {
  const fields = source.matchAll(/^ {2}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {2}(\w+):/gm);
  return new Map(
    [...fields].map(([, comment = '', name = '']) => [
      name,
      comment.replaceAll(/\s*\n\s*\*?\s*|^\s+|\s+$/g, ' ').trim(),
    ]),
  );
}

function formatDefault(value: unknown): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  if (typeof value === 'number') return value.toLocaleString('en');
  if (Array.isArray(value)) return `\`${value.join(',')}\``;
  return `\`${String(value)}\``;
}

const escapeBars = (text: string) => text.replaceAll('|', '\\|');

if (import.meta.main) await writeFile(CONFIGURATION, await renderConfiguration());
