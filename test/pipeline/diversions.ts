import { type Event, PutBucketNotificationConfigurationCommand } from '@aws-sdk/client-s3';
import { parseNotification } from '../../functions/shared/event.ts';
import { facesFoundSchema } from '../../functions/shared/message.ts';
import type { Mailbox } from './mailbox.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * From now on what S3 reports about the photos comes into a mailbox, for the test to pass on to the upload queue.
 * @param passOn does so as it comes; the test does it when it likes unless this is given
 */
export async function divertNotifications(
  pipeline: Pipeline,
  passOn?: (photo: string, notification: string) => Promise<void>,
): Promise<Mailbox<string>> {
  const { s3, stack } = pipeline.target;
  const mailbox = await pipeline.openMailbox('notifications', {
    read: (body) => {
      const [event] = parseNotification(body);
      return event && { photo: event.key, letter: body };
    },
    ...(passOn && { onLetter: passOn }),
  });
  const Events: Event[] = ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:LifecycleExpiration:*'];
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: stack.photoBucket,
      NotificationConfiguration: { QueueConfigurations: [{ QueueArn: mailbox.arn, Events }] },
    }),
  );
  return mailbox;
}

/**
 * From now on what detect orders comes into a mailbox.
 * @param holds whose faces the test passes on to age and gender itself; the others' go there as usual
 */
export async function divertFaces(
  pipeline: Pipeline,
  holds: (photo: string) => boolean,
): Promise<Mailbox<string>> {
  const { stack } = pipeline.target;
  const mailbox = await pipeline.openMailbox('faces', {
    read: (body) => ({ photo: facesFoundSchema.parse(JSON.parse(body)).photo, letter: body }),
    onLetter: async (photo, body) => {
      if (holds(photo)) return;
      await Promise.all(stack.estimators.map(({ queue }) => pipeline.send(queue, body)));
    },
  });
  await pipeline.controls.configure('detect', { ESTIMATE_QUEUES: `age+gender=${mailbox.queue}` });
  return mailbox;
}
