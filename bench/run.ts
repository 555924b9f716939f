import { cpus } from 'node:os';
import { Argument, Command } from 'commander';
import { execa } from 'execa';

const BENCHMARKS = ['inference', 'cold-start', 'memory', 'pipeline', 'api', 'cost', 'hostile'];

/** Runs benchmarks one after the other, and prints Markdown. */
async function bench(names: readonly string[]): Promise<void> {
  const [processor] = cpus();
  console.log(
    `Measured on ${processor?.model.trim()}, ${cpus().length} cores, Node.js ${process.version}.\n`,
  );
  for (const name of names) {
    process.stderr.write(`Measuring: ${name}\n`);
    await execa(process.execPath, [`bench/${name}.ts`], { stdio: ['ignore', 'inherit', 'inherit'] });
  }
}

const argument = new Argument('[names...]', 'benchmarks that need no outside data').choices(BENCHMARKS);
await new Command('npm run bench --')
  .addArgument(argument.default(BENCHMARKS, 'all'))
  .action(bench)
  .parseAsync();
