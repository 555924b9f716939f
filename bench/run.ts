import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { Argument, Command } from 'commander';
import { execa } from 'execa';

const FOLDER = path.join(import.meta.dirname, 'benchmarks');
const BENCHMARKS = readdirSync(FOLDER).map((file) => path.parse(file).name);

/** Runs benchmarks one after the other, and prints Markdown. */
async function bench(names: readonly string[], { smoke }: { smoke?: true }): Promise<void> {
  const [processor] = cpus();
  console.log(
    `Measured on ${processor?.model.trim()}, ${cpus().length} cores, Node.js ${process.version}.\n`,
  );
  for (const name of names) {
    process.stderr.write(`Measuring: ${name}\n`);
    await execa(process.execPath, [path.join(FOLDER, `${name}.ts`), ...(smoke ? ['--smoke'] : [])], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  }
}

const argument = new Argument('[names...]', 'benchmarks that need no outside data').choices(BENCHMARKS);
await new Command('npm run bench --')
  .addArgument(argument.default(BENCHMARKS, 'all'))
  .option('--smoke', 'only show that they run, with the least input; the figures mean nothing')
  .action(bench)
  .parseAsync();
