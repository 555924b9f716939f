import type * as z from 'zod';
import type { ATTRIBUTES } from '../../attributes/list.ts';
import { type AttributeFields, attributeFieldsOf, type DatasetLabel } from '../dataset/label.ts';

/** What a model says of a face, own attributes too; an attribute is absent when it is not asked for. */
export type Answer = {
  readonly [Each in (typeof ATTRIBUTES)[number] as Each['name']]?:
    | Readonly<z.infer<Each['evaluation']['answer']>>
    | undefined;
} & Readonly<Record<string, unknown>>;

/** What is known of a face, and what a model says of it. Without an answer (no face was found, say) it is wrong. */
export type JudgedFace = Readonly<AttributeFields> &
  Readonly<Partial<Pick<DatasetLabel, 'subject' | 'groups'>>> & {
    /** Names the face: the same for every model. */
    readonly face: string;
    readonly said?: Answer | undefined;
  };

/** What is known of a face, of all that its label says. */
export const knownOf = (label: DatasetLabel): Omit<JudgedFace, 'face'> => ({
  ...attributeFieldsOf(label),
  ...(label.subject !== undefined && { subject: label.subject }),
  groups: label.groups,
});
