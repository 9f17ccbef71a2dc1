/** A 32-bit register, or half of a 64-bit one, that each PARTID space has a copy of, and that tells of its changes. */
import type { MscRegister } from '../../arch/msc-registers.ts';
import type { FrontEvent } from './front-event.ts';

const SPACES = 4;

export class BankedRegister {
  readonly #register: MscRegister;
  readonly #mask: number;
  readonly #word: number;
  readonly #onEvent: (event: FrontEvent) => void;
  readonly #values = new Uint32Array(SPACES);

  /**
   * @param mask the bits that exist; the others are RAZ/WI.
   * @param word which half of a 64-bit register: 0 or 1.
   */
  constructor(register: MscRegister, mask: number, onEvent: (event: FrontEvent) => void, word = 0) {
    this.#register = register;
    this.#mask = mask;
    this.#word = word;
    this.#onEvent = onEvent;
  }

  /** Set what all spaces hold after reset, without telling. */
  reset(value: number): void {
    this.#values.fill(value & this.#mask);
  }

  /** 32 bits, unsigned. */
  get(space: number): number {
    return this.#values[space]!;
  }

  /** Keep the bits that exist. */
  set(space: number, value: number): void {
    const oldValue = this.#values[space]!;
    const newValue = (value & this.#mask) >>> 0;
    if (newValue === oldValue) return;
    this.#values[space] = newValue;
    this.#onEvent({
      type: 'register',
      change: {
        register: this.#register,
        space,
        ris: 0,
        partid: 0,
        word: this.#word,
        internal: false,
        oldValue,
        newValue,
      },
    });
  }
}
