import { Command, Option } from 'commander';
import { ENGINES, type EngineName } from '../../layers/build.ts';
import { hostPlatform, type Platform } from '../../layers/platform.ts';
import { WEIGHTS, type Weights } from '../../layers/recipe.ts';
import { buildModelLayer } from '../../models/layer.ts';
import { run } from '../command.ts';

interface BuildOptions {
  readonly engine: EngineName;
  readonly weights: Weights;
  readonly os: Platform['os'];
  readonly arch: Platform['architecture'];
}

const host = hostPlatform();

await run(
  new Command('npm run build --')
    .description('Builds the model layer that the functions share, and prints its folder.')
    .addOption(new Option('--engine <name>', 'inference engine').choices(ENGINES).default('onnx'))
    .addOption(new Option('--weights <name>', 'set of networks').choices(WEIGHTS).default('best'))
    .addOption(
      new Option('--os <name>', 'operating system it runs on')
        .choices(['linux', 'darwin', 'win32'])
        .default(host.os),
    )
    .addOption(
      new Option('--arch <name>', 'processor architecture it runs on')
        .choices(['x64', 'arm64'])
        .default(host.architecture),
    )
    .action(async ({ engine, weights, os, arch }: BuildOptions) => {
      const platform = { os, architecture: arch };
      process.stdout.write(`${await buildModelLayer({ engine, weights, platform })}\n`);
    }),
);
