import type { AgeCardReading } from '../../../attributes/age/reading.ts';
import type { Task } from '../../../attributes/list.ts';
import { decide } from '../../../training/evaluation/decision.ts';
import { evaluate } from '../../../training/evaluation/evaluation.ts';
import { describeData, type Report } from '../../../training/report/report.ts';
import { labelledFaces, withAges, withGenders } from '../synthetic.ts';

const LOSSES = Array.from({ length: 120 }, (_, index) => 10 * (index + 1));

const READING: AgeCardReading = {
  output: 'years',
  estimate: 'median',
  interval: { lower: 0.1, upper: 0.9, margin: 0.07, faces: 300 },
};

/** A report of answers that are made up: the candidate is better, except for elderly people. */
export function reportOf(task: Task, count = 1500): Report {
  const faces = labelledFaces(count);
  const answer = (good: boolean, seed: number) =>
    task === 'age'
      ? withAges(faces, ({ age = 0 }) => (good ? 4 : 5.5) + (good && age >= 60 ? 4 : 0), seed)
      : withGenders(faces, ({ age = 0 }) => (good ? 0.97 : 0.92) - (age < 13 ? 0.15 : 0), seed);
  const [candidate, inService] = [answer(true, 2), answer(false, 3)];
  const splits = ['train', 'train', 'train', 'validation', 'test'] as const;
  return {
    task,
    createdAt: '2026-01-31T12:00:00Z',
    candidate: {
      name: 'transfer',
      version: `${task}-20260131-120000-3f9c`,
      evaluation: evaluate(task, candidate, 12),
    },
    inService: { name: 'AgeGenderNet', version: 'builtin', evaluation: evaluate(task, inService, 12) },
    decision: decide(task, candidate, inService, { resamples: 2000 }),
    ...(task === 'age' && { reading: READING }),
    data: describeData(
      'faces',
      labelledFaces(5 * count).map(({ groups = {}, age, gender }, index) => ({
        ...(age !== undefined && { age }),
        ...(gender && { gender }),
        groups,
        split: splits[index % splits.length] ?? 'train',
      })),
      'a'.repeat(64),
    ),
    history: {
      steps: LOSSES.map((step) => ({
        step,
        loss: 1 + 3 * Math.exp(-step / 300),
        smoothed: 1 + 3 * Math.exp(-step / 300) + 0.05 * Math.sin(step),
        learningRate: 0.001,
      })),
      validations: [100, 300, 500, 700, 900, 1200].map((step) => ({
        step,
        loss: 1.3 + 2.5 * Math.exp(-step / 250) + step / 4000,
        exact: 0.6,
        oneOff: 0.97,
      })),
    },
    spec: { task, network: 'transfer', batch: 128, optimizer: { name: 'adam', learningRate: 0.001 } },
  };
}
