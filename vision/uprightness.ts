import type { DetectedFace, Point } from './engine.ts';

/** The five landmarks of the mean face seen from the front, around their centroid, in hundredths of its width. */
const MEAN_FACE: readonly Point[] = [
  { x: -45, y: -46 },
  { x: 45, y: -46 },
  { x: 0, y: 6 },
  { x: -37, y: 43 },
  { x: 37, y: 43 },
];

/**
 * How much the landmarks of a face look like those of the mean face held upright: the cosine between the two, each
 * around its centroid, as one vector of ten numbers (full Procrustes fit without rotation; Dryden and Mardia,
 * "Statistical Shape Analysis", 1998). It falls with the roll of the face, and where landmarks were guessed: those of
 * portraits are at 0.93 or more; those that CenterFace gives of the same portraits on their side or head at a third or less
 * in the median, though single ones are as high.
 * @returns -1 to 1; 0 when all landmarks are in one point
 */
export function uprightness({ landmarks }: Pick<DetectedFace, 'landmarks'>): number {
  const mean = {
    x: landmarks.reduce((sum, { x }) => sum + x, 0) / landmarks.length,
    y: landmarks.reduce((sum, { y }) => sum + y, 0) / landmarks.length,
  };
  const centred = landmarks.map(({ x, y }) => ({ x: x - mean.x, y: y - mean.y }));
  const size = Math.sqrt(dot(centred, centred) * dot(MEAN_FACE, MEAN_FACE));
  return size > 0 ? dot(centred, MEAN_FACE) / size : 0;
}

function dot(one: readonly Point[], other: readonly Point[]): number {
  return one.reduce(
    (sum, { x, y }, index) => sum + x * (other[index]?.x ?? 0) + y * (other[index]?.y ?? 0),
    0,
  );
}
