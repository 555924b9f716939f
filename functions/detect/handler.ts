import { engine } from '@facedrop/engine';
import { Labels } from '../shared/labels.ts';
import { Photos } from '../shared/photos.ts';
import { createRuntime } from '../shared/runtime.ts';
import { detectSettings } from '../shared/settings.ts';
import { createWorker } from '../shared/worker.ts';
import { Detection } from './detection.ts';

const settings = detectSettings();
const runtime = createRuntime(settings);
const { items, chips, announcer, models, s3, queue } = runtime;
// Loaded and asked while the function starts, when Lambda gives it more of the processor.
for (const warming of [engine.loadDetector(), models.service()]) warming.catch(() => {});

export const handler = createWorker(
  new Detection(
    {
      items,
      chips,
      photos: new Photos(s3, settings.MAXIMUM_BYTES, settings.SKIP_PREFIXES),
      labels: new Labels(s3, settings.LABEL_BUCKET),
    },
    announcer,
    { client: queue.client, queues: settings.ESTIMATE_QUEUES },
    engine.loadDetector,
    models,
    {
      minimumConfidence: settings.MINIMUM_CONFIDENCE,
      maximumFaces: settings.MAXIMUM_FACES,
      maximumBytes: settings.MAXIMUM_BYTES,
      maximumPixels: settings.MAXIMUM_PIXELS,
      itemDays: settings.ITEM_DAYS,
    },
  ),
  runtime,
);
