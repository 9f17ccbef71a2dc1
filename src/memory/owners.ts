/**
 * Owners: one small number for every pair of (label, tenant) that a machine has met. A cache line holds such a number, and
 * so knows what hardware sees (the label) and what really happened (the tenant); design section 3.
 */
import { FIRST_OWNER } from '../loop/assembly/layout.ts';

/** More distinct (label, tenant) pairs than the machine was laid out for. */
export class TooManyOwnersError extends Error {
  override readonly name = 'TooManyOwnersError';

  constructor(capacity: number) {
    super(
      `more than ${capacity - FIRST_OWNER} pairs of label and tenant have reached the caches; ` +
        'allowed: about as many as there are tenants times labels of groups (hint: does a guest, or a poke, write ever new labels?)',
    );
  }
}

export class Owners {
  readonly #capacity: number;
  readonly #labels: number[] = new Array<number>(FIRST_OWNER).fill(0);
  readonly #tenants: number[] = new Array<number>(FIRST_OWNER).fill(-1);
  readonly #numbers = new Map<number, number>();
  readonly #onNew: (owner: number, label: number) => void;

  /** @param onNew is told of every new owner before anybody uses it. */
  constructor(capacity: number, onNew: (owner: number, label: number) => void) {
    this.#capacity = capacity;
    this.#onNew = onNew;
  }

  /** Owners are FIRST_OWNER to `count` - 1. */
  get count(): number {
    return this.#labels.length;
  }

  /**
   * The number of a pair; the same pair has the same number.
   * @param label packed as in arch/label.ts.
   * @param tenant index of the tenant, -1 for nobody's.
   * @throws TooManyOwnersError
   */
  numberOf(label: number, tenant: number): number {
    const key = (tenant + 1) * 2 ** 32 + (label >>> 0);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const owner = this.#labels.length;
    if (owner >= this.#capacity) throw new TooManyOwnersError(this.#capacity);
    this.#labels.push(label);
    this.#tenants.push(tenant);
    this.#numbers.set(key, owner);
    this.#onNew(owner, label);
    return owner;
  }

  label(owner: number): number {
    return this.#labels[owner]!;
  }

  tenant(owner: number): number {
    return this.#tenants[owner]!;
  }
}
