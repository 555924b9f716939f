import pMap from 'p-map';
import * as z from 'zod';
import { CORRECTION_SIDE, keptCorrectionSchema } from '../../../attributes/correction.ts';
import type { FaceLabel } from '../../../attributes/face.ts';
import { EVERY_ATTRIBUTE } from '../../../attributes/list.ts';
import type { BoundingBox } from '../../../vision/engine.ts';
import { MissingFileError } from '../folder.ts';
import type { AttributeFields, LabelledPhoto } from '../label.ts';
import type { Layout } from './layout.ts';

/** OWNER/PHOTO/FACE.json beside OWNER/PHOTO/FACE.jpg, as the HTTP API keeps what people corrected. */
const FILE = /^[^/]+\/[^/]+\/\d+\.json$/;

const correctionFileSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('expected JSON');
      return z.NEVER;
    }
  })
  .pipe(keptCorrectionSchema);

/** Faces that people corrected through the HTTP API and agreed to have trained on. */
export const corrections: Layout = {
  name: 'corrections',
  expected: 'corrections of the HTTP API',
  matches: (names) => names.some((name) => FILE.test(name)) && names.every(isCorrection),
  read: async (folder, names, problems) => {
    const photos = await pMap(
      names.filter((name) => FILE.test(name)),
      async (name): Promise<LabelledPhoto | undefined> => {
        const text = await folder.read(name).catch((error: unknown) => {
          // Labels may be erased at any time.
          if (error instanceof MissingFileError) return undefined;
          throw error;
        });
        if (!text) return undefined;
        const parsed = correctionFileSchema.safeParse(Buffer.from(text).toString());
        if (!parsed.success) {
          problems.add('invalid-value', `${name}: ${z.prettifyError(parsed.error)}`);
          return undefined;
        }
        const { label, crop, estimate } = parsed.data;
        if (!label.consent) return undefined;
        return {
          file: name.replace(/json$/, 'jpg'),
          ...labelOf(label),
          // The picture may show others at its edges.
          box: inPicture(estimate.box, crop),
          // The face was found in the whole photo, and a person knew it.
          checked: true,
          // As columns of labels.csv: trainings make attributes of them.
          groups: Object.fromEntries(
            Object.entries(label.attributes ?? {}).map(([own, value]) => [own, String(value)]),
          ),
        };
      },
      { concurrency: 16 },
    );
    return photos.filter((photo) => photo !== undefined);
  },
};

/** What a person said, as a label of a data set. */
const labelOf = (corrected: FaceLabel): AttributeFields =>
  Object.assign(
    {},
    ...EVERY_ATTRIBUTE.map(({ name, label }) =>
      corrected[name] === undefined ? {} : label.correct(corrected[name]),
    ),
  );

/** From pixels of the photo to pixels of what was cut out of it, and made smaller where it was large. */
function inPicture({ x, y, width, height }: BoundingBox, crop: BoundingBox): BoundingBox {
  const scale = Math.min(1, CORRECTION_SIDE / Math.max(crop.width, crop.height));
  return {
    x: Math.max(0, x - crop.x) * scale,
    y: Math.max(0, y - crop.y) * scale,
    width: width * scale,
    height: height * scale,
  };
}

const isCorrection = (name: string) => /^[^/]+\/[^/]+\/\d+\.(json|jpg)$/.test(name);
