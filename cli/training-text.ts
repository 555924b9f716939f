import pc from 'picocolors';
import type { Training } from '../functions/training/shared/training.ts';
import { count, printable } from './command.ts';

/** Where a training is, as a share of what its bar shows: from 0 to 1. */
export const shareOf = ({ progress }: Training): number =>
  progress && progress.steps > 0 ? Math.min(1, progress.step / progress.steps) : 0;

/** "training, 120 of 400 steps, loss 3.21, 85 faces a second, until 14:05" */
export function describeProgress({ status, progress, cancelRequestedAt, faces }: Training): string {
  const about = cancelRequestedAt ? 'being cancelled' : status;
  if (status !== 'training' || !progress) {
    return faces?.train ? `${about}, ${count(faces.train, 'face')} to learn from` : about;
  }
  const { phase, fold, step, steps, smoothed, examplesPerSecond, estimatedEnd } = progress;
  if (phase === 'export') return `${about}, ${step} steps done, writing the network`;
  const done =
    phase === 'features'
      ? `computing the features of ${step} of ${steps} faces`
      : `${step} of ${steps} steps`;
  return [
    [about, ...(fold === undefined ? [] : [`fold ${fold}`]), done].join(', '),
    ...(smoothed === undefined ? [] : [`loss ${smoothed.toFixed(3)}`]),
    `${examplesPerSecond.toFixed(examplesPerSecond < 10 ? 1 : 0)} faces/s`,
    `until ${new Date(estimatedEnd).toTimeString().slice(0, 5)}`,
  ].join(', ');
}

/**
 * How a training ended, in sentences; `describeProgress` describes one that is still running.
 * @param priced whether its time costs money
 */
export function describeEnd({ status, result, failure, used, task }: Training, priced: boolean): string {
  const price = used && priced ? `, $${used.dollars.toFixed(2)} at list price` : '';
  const cost = used ? ` ${duration(used.seconds)} of training${price}.` : '';
  switch (status) {
    case 'done':
      return `${result?.promoted ? pc.green('✓') : '·'} ${task} model ${result?.version} ${result?.promoted ? 'is in service now' : 'is kept, but not in service'}.${cost}\n${result?.why ?? ''}`;
    case 'failed':
      return `${pc.red('✗')} The training failed (${failure?.code}): ${printable(failure?.message ?? '')}${cost}`;
    case 'over-budget':
      return `${pc.red('✗')} The training used up its budget, which --minutes and --dollars set.${cost}`;
    case 'skipped':
      return `· ${printable(failure?.message ?? '')}`;
    case 'cancelled':
      return `${pc.red('✗')} The training was cancelled.${cost}`;
    default:
      return 'The training is still running.';
  }
}

/**
 * Commands that say more about a training that has ended, or put its model into service.
 * @param flags the options by which they reach its stack
 */
export function describeNext({ id, task, result, progress }: Training, flags: string): string {
  const next: [string, string][] = [];
  if (result) next.push(['Report', `models -- show ${task} ${result.version} --report report.html`]);
  if (result && !result.promoted)
    next.push(['Put into service', `models -- promote ${task} ${result.version}`]);
  // A training writes curves from its first step on.
  if (progress && progress.phase !== 'features') next.push(['Curves', `train -- logs ${id}`]);
  return next.map(([title, command]) => `${title.padEnd(18)}npm run ${command}${flags}`).join('\n');
}

/** A line of the list. */
export const describeLine = (training: Training): string =>
  [
    training.id,
    training.data.join('+'),
    training.request.network,
    training.createdAt.slice(0, 16).replace('T', ' '),
    training.status === 'training' ? describeProgress(training) : training.status,
    ...(training.result
      ? [training.result.version, training.result.promoted ? 'promoted' : 'not promoted']
      : []),
    ...(training.failure ? [printable(training.failure.message)] : []),
  ].join('  ');

function duration(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 1) return `${Math.round(seconds)} s`;
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
