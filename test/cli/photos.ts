import { type Face, faceSchema } from '../../attributes/face.ts';
import { type Photo, photoSchema } from '../../functions/shared/item.ts';

const model = { name: 'test', version: '1' };

/** A face that was found and estimated. */
export function face(changes: Partial<Face> = {}): Face {
  return faceSchema.parse({
    box: { x: 120.4, y: 88.6, width: 96, height: 120 },
    confidence: 0.987,
    landmarks: Array.from({ length: 5 }, () => ({ x: 0, y: 0 })),
    age: {
      years: 33.7,
      low: 28.2,
      high: 40.9,
      group: '(25, 32)',
      groups: {
        '(0, 2)': 0,
        '(4, 6)': 0,
        '(8, 12)': 0,
        '(15, 20)': 0,
        '(25, 32)': 0.7,
        '(38, 43)': 0.3,
        '(48, 53)': 0,
        '(60, 100)': 0,
      },
      model,
    },
    gender: { gender: 'F', confidence: 0.968, model },
    score: 83.4,
    quality: {
      score: 70.6,
      sharpness: 81.2,
      brightness: 45.1,
      contrast: 33.8,
      pose: { yaw: -12.3, pitch: 4.5, roll: 0.8 },
      size: 88.2,
    },
    ...changes,
  });
}

/** The item of a photo that was analysed within 0.42 seconds. */
export function analysed(photo: string, faces: readonly Face[], changes: Partial<Photo> = {}): Photo {
  return photoSchema.parse({
    photo,
    status: 'done',
    analysis: 'test',
    sequencer: '0',
    etag: 'd41d8cd98f00b204e9800998ecf8427e',
    uploadedAt: '2026-01-02T03:04:05.000Z',
    startedAt: '2026-01-02T03:04:05.100Z',
    completedAt: '2026-01-02T03:04:05.420Z',
    expiresAt: 1_800_000_000,
    width: 640,
    height: 480,
    faces,
    facesFound: faces.length,
    ...changes,
  });
}

/** The item of a photo that was refused. */
export function refused(photo: string): Photo {
  return analysed(photo, [], {
    status: 'failed',
    failure: {
      code: 'not-an-image',
      message: 'Expected an image (JPEG, PNG, WebP, AVIF, GIF or TIFF) but received a file that is not one.',
    },
  });
}
