import { cpus } from 'node:os';
import { execa } from 'execa';

/** Runs every benchmark that needs no outside data, one after the other, and prints Markdown. */

const BENCHMARKS = ['inference', 'cold-start', 'memory', 'pipeline', 'api', 'cost'];

const [processor] = cpus();
console.log(`Measured on ${processor?.model.trim()}, ${cpus().length} cores, Node.js ${process.version}.\n`);
for (const name of BENCHMARKS) {
  process.stderr.write(`Measuring: ${name}\n`);
  await execa(process.execPath, [`bench/${name}.ts`], { stdio: ['ignore', 'inherit', 'inherit'] });
}
