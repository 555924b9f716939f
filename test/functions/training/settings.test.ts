import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { trainingSettings } from '../../../functions/training/shared/runtime.ts';
import { WEIGHTS } from '../../../layers/recipe.ts';
import { synthesise } from '../../infra/synthesis.ts';

const functionSchema = z.object({
  Properties: z.object({
    PackageType: z.string().optional(),
    Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  }),
});

test('what trains takes whichever weights a stack may be deployed with', () => {
  const names = { TRAINING_BUCKET: 'bucket', TRAINING_TABLE: 'table' };
  for (const weights of WEIGHTS) {
    const train = Object.values(synthesise({ weights }).findResources('AWS::Lambda::Function'))
      .map((resource) => functionSchema.parse(resource).Properties)
      .find(({ PackageType }) => PackageType === 'Image');
    const given = String(train?.Environment.Variables.WEIGHTS);
    Object.assign(process.env, { ...names, WEIGHTS: given });
    assert.equal(trainingSettings().WEIGHTS, weights);
  }
});
