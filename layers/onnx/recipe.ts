import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { copyPackage, packagePath } from '../../support/packages.ts';
import type { Recipe, Weights } from '../recipe.ts';

/** The built-in networks that a layer does without. */
const LEFT_OUT: Readonly<Record<Weights, readonly string[]>> = {
  best: ['small', 'permissive'],
  small: ['default', 'permissive'],
  permissive: ['default', 'small', 'looks'],
};

export const onnx: Recipe = async ({ platform: { os, architecture }, weights, networks }) => {
  const binaries = `bin/napi-v6/${os}/${architecture}`;
  if (!existsSync(packagePath('onnxruntime-node', binaries))) {
    throw new Error(
      `Expected a platform that onnxruntime-node runs on but received ${os}-${architecture}; ` +
        'use the other engine, with -c engine=tfjs.',
    );
  }
  return {
    version: weights + (await readFile(path.join(networks, 'manifest.json'), 'utf8')),
    async copyTo({ modules, engine }) {
      await copyPackage('onnxruntime-node', modules, ['dist', binaries]);
      await copyPackage('onnxruntime-common', modules, ['dist/cjs']);
      const left = LEFT_OUT[weights].map((name) => path.join(networks, name));
      // Networks as layers models are for the other engine.
      const filter = (source: string) =>
        !left.includes(source) && !['model.json', 'weights.bin'].includes(path.basename(source));
      await cp(networks, engine, { recursive: true, filter });
    },
  };
};
