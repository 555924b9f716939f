import { CodedError } from '../support/coded-error.ts';

export type RegistryErrorCode =
  /** There is no such version, or a file of it is not there. */
  | 'missing'
  /** What is there is not what was published. */
  | 'corrupt'
  /** A version can't be published twice. */
  | 'exists'
  /** Another version was put into service in the meantime. */
  | 'conflict'
  /** There is no room for more. */
  | 'full'
  /** What is in service can't be removed. */
  | 'in-service'
  /** There is nothing else to go back to. */
  | 'nothing-before';

/** The registry refuses something, with a sentence for whoever asked. */
export class RegistryError extends CodedError<RegistryErrorCode> {
  override readonly name = 'RegistryError';
}
