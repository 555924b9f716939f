import type { Metrics } from '@aws-lambda-powertools/metrics';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { isFinished, type Photo } from './item.ts';
import { type Items, NotReadyError } from './items.ts';
import { EVENT_SOURCE, EVENT_TYPES, METRIC } from './metrics.ts';

/** Announces finished items, and notes that it did. */
export class Announcer {
  readonly #events: EventBridgeClient;
  readonly #bus: string;
  readonly #items: Items;
  readonly #metrics: Metrics;

  constructor(events: EventBridgeClient, bus: string, items: Items, metrics: Metrics) {
    this.#events = events;
    this.#bus = bus;
    this.#items = items;
    this.#metrics = metrics;
  }

  /**
   * To be called with every item that a message leads to. Whoever completed the item announces it. If that
   * function dies before it could, the message comes again and whoever then gets it takes over, once the first
   * one's time is over. Should it die between announcing and noting so, the announcement is repeated with
   * the same `announcement`, by which subscribers know it.
   * @param completed whether the caller has just completed the item
   * @param deadline until when the caller may work on it
   * @throws NotReadyError while another invocation may still be announcing it
   */
  async settle(finished: Photo | undefined, completed: boolean, deadline: Date): Promise<void> {
    if (!finished || !isFinished(finished) || finished.announcedAt) return;
    const item = completed ? finished : await this.#items.takeOver(finished, deadline);
    if (!item || !isFinished(item)) {
      const { photo, announceBy } = finished;
      throw new NotReadyError(
        `Expected ${photo} to be announced but another attempt is still announcing it.`,
        announceBy === undefined ? undefined : new Date(announceBy),
      );
    }
    const { announceBy, outstanding, cause, ...detail } = item;
    const announcement = `${item.analysis}-${item.attempt}`;
    await announce(this.#events, this.#bus, EVENT_TYPES[item.status], { announcement, ...detail });
    await this.#items.announced(item);
    this.#measure(item);
  }

  #measure({ status, completedAt, uploadedAt, requestedAt = uploadedAt, facesFound }: Photo): void {
    if (status === 'failed' || !completedAt) {
      this.#metrics.addMetric(METRIC.photosFailed, 'Count', 1);
      return;
    }
    this.#metrics.addMetric(METRIC.photosDone, 'Count', 1);
    this.#metrics.addMetric(METRIC.facesFound, 'Count', facesFound ?? 0);
    this.#metrics.addMetric(
      METRIC.uploadToResult,
      'Milliseconds',
      Math.max(0, Date.parse(completedAt) - Date.parse(requestedAt)),
    );
  }
}

/**
 * Puts an announcement on the event bus.
 * @throws Error when it is refused
 */
export async function announce(
  events: EventBridgeClient,
  bus: string,
  type: string,
  detail: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        { EventBusName: bus, Source: EVENT_SOURCE, DetailType: type, Detail: JSON.stringify(detail) },
      ],
    }),
  );
  if (FailedEntryCount) {
    throw new Error(
      `Expected EventBridge to take the announcement but it refused: ${Entries?.[0]?.ErrorMessage}`,
    );
  }
}
