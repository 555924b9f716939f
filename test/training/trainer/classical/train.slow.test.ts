import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Measures } from '../../../../models/card.ts';
import { chipOf } from '../../../../networks/catalogue.ts';
import { openPreparedSet } from '../../../../training/dataset/prepared-set.ts';
import { assess } from '../../../../training/report/assessment.ts';
import { outputOf, type TrainingRequest, trainingSpecSchema } from '../../../../training/spec.ts';
import { taskFor } from '../../../../training/task.ts';
import { type Progress, TrainingError } from '../../../../training/trainer/outcome.ts';
import { train } from '../../../../training/trainer/train.ts';
import { usualViews } from '../../../../vision/chip-spec.ts';
import { writeSampleSet } from '../../sample-set.ts';

describe('classical networks', () => {
  let folder = '';
  before(async () => {
    // Whoever loads TensorFlow finds none.
    process.env.TENSORFLOW_DIRECTORY = '/nowhere';
    folder = await mkdtemp(path.join(tmpdir(), 'facedrop-classical-'));
    // As many as a second stage needs.
    await writeSampleSet(path.join(folder, 'set'), { each: 80 });
  });
  after(() => rm(folder, { recursive: true }));

  /** Trains, and judges on people whom no training has seen, beside the answer that is always the same. */
  async function judge(request: TrainingRequest, name: string) {
    const spec = trainingSpecSchema.parse(request);
    const set = await openPreparedSet(path.join(folder, 'set'));
    const directory = path.join(folder, name);
    try {
      const outcome = await train(spec, set, directory, { cache: { directory: folder } });
      assert.equal(outcome.status, 'finished');
      const task = taskFor(spec, set);
      const { side, extent } = chipOf(spec.network);
      const candidate = {
        ...{ task, name: spec.network, version: name, output: outputOf({ ...spec, task }) },
        ...{ views: usualViews(extent, 1), input: { side }, folder: directory },
      };
      const { report } = await assess(candidate, set, undefined);
      assert.equal(report.inService?.name, 'constant answer');
      const { size } = await stat(path.join(directory, 'model.onnx'));
      return {
        ...{ own: report.candidate.evaluation.overall, constant: report.inService.evaluation.overall, size },
      };
    } finally {
      await set.close();
    }
  }

  const variants = [
    { fusion: 'label', stages: 1 },
    { fusion: 'label', stages: 2 },
    { fusion: 'each-other', stages: 1 },
  ] as const;
  for (const variant of variants) {
    it(`lbp-hog-svr estimates a number of people it has not seen: ${JSON.stringify(variant)}`, async () => {
      const request: TrainingRequest = { task: 'inclination', network: 'lbp-hog-svr', ...variant };
      const { own, constant, size } = await judge(request, Object.values(variant).join('-'));
      const errorOf = ({ meanAbsoluteError = Number.NaN }: Measures) => meanAbsoluteError;
      assert.ok(errorOf(own) < 0.5 * errorOf(constant), `${errorOf(own)} of ${errorOf(constant)} degrees`);
      assert.ok(size < 2e6, `${size} bytes`);
    });
  }

  it('lbp-sparse recognises classes of people it has not seen', async () => {
    const { own, constant, size } = await judge({ task: 'side', network: 'lbp-sparse' }, 'sparse');
    const [right = 0, most = 1] = [own.right, constant.right];
    assert.ok(right > most + 0.3, `${right} instead of ${most}`);
    assert.ok(size < 2e6, `${size} bytes`);
  });

  it('learn with the time of another try when describing the faces took most of this one', async () => {
    const spec = trainingSpecSchema.parse({ task: 'inclination', network: 'lbp-hog-svr' });
    const set = await openPreparedSet(path.join(folder, 'set'));
    const cache = { directory: path.join(folder, 'hurried-features') };
    const deadline = new Date(Date.now() + 3_600_000);
    const onProgress = ({ step, steps }: Progress) => {
      if (step === steps) deadline.setTime(Date.now());
    };
    const directory = path.join(folder, 'hurried');
    const hurried = await train(spec, set, directory, { cache, deadline, onProgress });
    assert.equal(hurried.status, 'continue');
    const { status } = await train(spec, set, directory, {
      cache,
      deadline: new Date(Date.now() + 3_600_000),
    });
    assert.equal(status, 'finished');
    await set.close();
  });

  it('are cancelled between two folds, and go on with the next one', async () => {
    const set = await openPreparedSet(path.join(folder, 'set'));
    const directory = path.join(folder, 'folds');
    async function run(cancelAfter?: number) {
      const learned = new Set<number>();
      const controller = new AbortController();
      const outcome = await train(
        trainingSpecSchema.parse({ task: 'inclination', network: 'lbp-hog-svr', folds: 2 }),
        set,
        directory,
        {
          cache: { directory: folder },
          signal: controller.signal,
          onProgress({ fold }: Progress) {
            if (fold !== undefined) learned.add(fold);
            if (fold !== undefined && fold === cancelAfter) controller.abort();
          },
        },
      );
      return [outcome.status, ...learned];
    }
    assert.deepEqual(await run(1), ['cancelled', 1]);
    assert.deepEqual(await run(), ['finished', 2]);
    await set.close();
  });

  it('refuse what they cannot learn: in the request where it shows, else when they see the labels', async () => {
    const network = 'lbp-hog-svr';
    for (const [kind, refused] of [
      ['classes', { task: 'gender', network }],
      ['classes', { task: 'side', network, attribute: { kind: 'classes' } }],
      ['classes', { task: 'side', network, attribute: { classes: ['left', 'right', 'neither'] } }],
      ['numbers', { task: 'age', network: 'lbp-sparse' }],
      ['numbers', { task: 'inclination', network: 'lbp-sparse', attribute: { range: [-30, 30] } }],
    ] as const) {
      const { error } = trainingSpecSchema.safeParse(refused);
      assert.match(error?.issues[0]?.message ?? '', new RegExp(`one that learns ${kind}`));
      assert.deepEqual(error?.issues[0]?.path, ['network']);
    }
    await assert.rejects(judge({ task: 'side', network }, 'refused'), (error) => {
      assert.ok(error instanceof TrainingError);
      assert.equal(error.code, 'wrong-network');
      assert.match(error.message, /to be one that learns classes, such as transfer, for side but received/);
      return true;
    });
  });
});
