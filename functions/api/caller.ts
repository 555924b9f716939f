import { API_FOLDER } from '../shared/item.ts';

/** Who calls. */
export interface Caller {
  /** Whose photos the caller may name. */
  readonly owner: string;
  /** Whether the caller may also name photos that were dropped into the bucket. */
  readonly admin: boolean;
  /** Whether the caller may train networks, which costs the operator money. */
  readonly trainings: boolean;
}

/** Where a caller's photos lie in the bucket: a prefix of their keys. */
export const folderOf = ({ owner }: Caller): string => `${API_FOLDER}${owner}/`;

export const keyOf = (id: string, caller: Caller): string => `${folderOf(caller)}${id}`;

/** Whether a photo in the bucket lies among the caller's. */
export const isOwn = (key: string, caller: Caller): boolean => key.startsWith(folderOf(caller));
