import { EVERY_ATTRIBUTE } from '../attributes/list.ts';
import { say } from './command.ts';

/** Says of attributes that were asked for what they are not for. */
export function sayCautions(names: readonly string[]): void {
  for (const { name, caution } of EVERY_ATTRIBUTE) {
    if (caution && names.includes(name)) say(`! ${caution}`);
  }
}
