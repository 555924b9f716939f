import type { Allowances, Limit, Refusal } from './allowance.ts';

/** AWS identities that call, each with the same limits. */
export class Identities {
  readonly #allowances: Allowances;
  readonly #limit: Limit;

  constructor(allowances: Allowances, limit: Limit) {
    this.#allowances = allowances;
    this.#limit = limit;
  }

  /**
   * Counts one request of an identity against its limits.
   * @param owner what the identity's photos are kept under
   * @returns why it is refused; undefined when it is not
   */
  async use(owner: string, clock?: () => Date): Promise<Refusal | undefined> {
    const { requestsPerSecond, requestsPerDay } = this.#limit;
    // With other limits it begins to be counted again.
    const hash = `iam:${owner}:${requestsPerSecond}:${requestsPerDay}`;
    for (;;) {
      const use = await this.#allowances.count(hash, clock);
      if (!('refused' in use)) return undefined;
      if (use.refused !== 'unknown') return use;
      await this.#allowances.open(hash, this.#limit);
    }
  }
}
