import { existsSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import path from 'node:path';
import { buildModels } from '../../models/build.ts';
import { copyPackage, packagePath, ROOT } from '../packages.ts';
import type { Recipe } from '../recipe.ts';

const NETWORKS = path.join(ROOT, '.build', 'models');

export const onnx: Recipe = async ({ os, architecture }) => {
  const binaries = `bin/napi-v6/${os}/${architecture}`;
  if (!existsSync(packagePath('onnxruntime-node', binaries))) {
    throw new Error(
      `Expected a platform that onnxruntime-node runs on but received ${os}-${architecture}; ` +
        'use the other engine, with -c engine=tfjs.',
    );
  }
  await buildModels();
  return {
    version: await readFile(path.join(NETWORKS, 'manifest.json'), 'utf8'),
    async copyTo({ modules, engine }) {
      await copyPackage('onnxruntime-node', modules, ['dist', binaries]);
      await copyPackage('onnxruntime-common', modules, ['dist/cjs']);
      await cp(NETWORKS, engine, { recursive: true });
    },
  };
};
