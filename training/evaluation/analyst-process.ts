import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { AnalystKind } from './analyst.ts';
import type { Greeting, Question, Reply } from './analyst-worker.ts';
import type { AnalystOptions } from './facedrop.ts';

/** An analyst that runs in a process of its own. */
export interface AnalystProcess {
  readonly kind: AnalystKind;
  readonly name: string;
  /** One photo at a time. @throws Error when the process ends over it */
  analyse(question: Question): Promise<Reply>;
  stop(): void;
}

/**
 * @param options of facedrop's own
 * @param folder of a trained network, for `model`
 * @throws Error saying why it can't be had here
 */
export async function startAnalyst(
  kind: AnalystKind,
  { minimumConfidence, maximumPixels, attributes }: AnalystOptions,
  folder = '',
): Promise<AnalystProcess> {
  const child = fork(
    path.join(import.meta.dirname, 'analyst-worker.ts'),
    [kind, folder, JSON.stringify({ minimumConfidence, maximumPixels, attributes })],
    {
      serialization: 'advanced',
      // Results alone go to standard output.
      stdio: ['ignore', 2, 2, 'ipc'],
    },
  );
  const greeting = await receive<Greeting>(child, kind);
  if ('error' in greeting) throw new Error(greeting.error);
  return {
    kind,
    name: greeting.name,
    analyse(question) {
      const reply = receive<Reply>(child, kind);
      child.send(question);
      return reply;
    },
    stop: () => {
      if (child.connected) child.disconnect();
    },
  };
}

/** The next message. */
function receive<Message>(child: ChildProcess, kind: AnalystKind): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  const onExit = (code: number | null, signal: string | null) =>
    reject(new Error(`Expected an answer of ${kind} but its process ended (${signal ?? code}).`));
  child.once('exit', onExit);
  child.once('message', (message: Message) => {
    child.off('exit', onExit);
    resolve(message);
  });
  return promise;
}
