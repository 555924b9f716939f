import { type PhotoEvent, parseNotification } from './event.ts';
import { facesFoundSchema } from './message.ts';

/** What a dead letter of the pipeline is about. */
export interface Subject {
  /** The notification that its analyses began with: the chips of one of those who estimate may be gone. */
  readonly notification: string;
  readonly events: readonly PhotoEvent[];
  /** Which attempt at their analyses it is about, where it says so. */
  readonly attempt?: number | undefined;
}

/** @throws ZodError | SyntaxError when it is no message of this project */
export function subjectOf(body: string): Subject {
  const { data } = facesFoundSchema.safeParse(JSON.parse(body));
  const notification = data ? data.event : body;
  return { notification, events: parseNotification(notification), attempt: data?.attempt };
}
