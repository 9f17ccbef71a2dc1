/** Short texts of a recording (task states, exit reasons) as ids of the registry's texts. */
import type { Registry } from '../registry.ts';
import { ByteNames } from './byte-names.ts';

/** No text was found in the bytes given. */
export const NO_TEXT = -1;

export class TextIds {
  readonly #registry: Registry;
  readonly #read: (raw: string) => string | undefined;
  readonly #names = new ByteNames();
  /** By id in #names: id in the registry, or NO_TEXT. */
  readonly #ids: number[] = [];

  /** `read` makes the text of the raw bytes, or says that there is none; called once for each distinct raw text. */
  constructor(registry: Registry, read: (raw: string) => string | undefined) {
    this.#registry = registry;
    this.#read = read;
  }

  idOf(bytes: Uint8Array, from: number, to: number): number {
    const name = this.#names.idOf(bytes, from, to);
    if (name === this.#ids.length) {
      const text = this.#read(this.#names.text(name));
      this.#ids.push(text === undefined ? NO_TEXT : this.#registry.internText(text));
    }
    return this.#ids[name];
  }
}
