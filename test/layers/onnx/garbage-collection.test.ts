import assert from 'node:assert/strict';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as z from 'zod';
import { createOnnxEngine } from '../../../layers/onnx/engine.ts';
import { buildModels } from '../../../models/build/build.ts';

const collectionSchema = z.object({ detail: z.object({ kind: z.number() }) });

test('photos do not make V8 mark the heap step by step', async () => {
  const detector = await createOnnxEngine(await buildModels()).loadDetector();
  const look = (side: number) =>
    detector.detect({ data: new Uint8Array(side * side * 3), width: side, height: side }, 0.3);
  await look(64);
  const kinds: number[] = [];
  const observer = new PerformanceObserver((list) => {
    kinds.push(...list.getEntries().map((entry) => collectionSchema.parse(entry).detail.kind));
  });
  observer.observe({ entryTypes: ['gc'] });
  for (let photo = 0; photo < 60; photo++) await look(1600);
  await setImmediate();
  observer.disconnect();
  assert.ok(kinds.includes(constants.NODE_PERFORMANCE_GC_MAJOR));
  assert.ok(!kinds.includes(constants.NODE_PERFORMANCE_GC_INCREMENTAL), kinds.join());
});
