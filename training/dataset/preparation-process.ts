import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Batch } from './batch.ts';

export interface PreparationFolders {
  /** The data set's directory. */
  readonly source: string;
  /** Where shards are written. */
  readonly directory: string;
  /** Folder of the networks' ONNX files. */
  readonly models: string;
}

/** What the process answers for a batch: nothing when its shard is written. */
export interface Answer {
  readonly error?: string;
}

/** A process that prepares one batch after another: a second one uses a second core. */
export class PreparationProcess {
  readonly #child: ChildProcess;

  constructor({ source, directory, models }: PreparationFolders) {
    this.#child = fork(join(import.meta.dirname, 'preparation-worker.ts'), [source, directory, models], {
      serialization: 'advanced',
    });
  }

  /** Writes the batch's shard. @throws when it can't */
  async prepare(batch: Batch): Promise<void> {
    const ended = new AbortController();
    const answered = once(this.#child, 'message', ended);
    const exited = once(this.#child, 'exit', ended).then(([code, signal]) => {
      throw new Error(
        `Expected batch ${batch.name} to be prepared but the process ended (${signal ?? code}).`,
      );
    });
    try {
      this.#child.send(batch);
      const [answer]: Answer[] = await Promise.race([answered, exited]);
      if (answer?.error) throw new Error(answer.error);
    } finally {
      ended.abort();
      // Whichever of the two did not come no longer matters.
      await Promise.allSettled([answered, exited]);
    }
  }

  stop(): void {
    this.#child.kill();
  }
}
