/** The pages' ID registers: read-only, and described by the RIS that PART_SEL selects (A 2.3, A 7 #12). */
import { PartidSpace } from '../../arch/label.ts';
import { packFields } from '../../arch/msc/pack-fields.ts';
import { MSC_REGISTERS, MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';
import { idRegisters } from './id-registers.ts';
import type { PartSelector } from './part-selector.ts';
import type { RegisterGroup } from './register-group.ts';

const RIS_COUNT = 16;
const WORDS = 2;

export class IdRegisterGroup implements RegisterGroup {
  readonly #selector: PartSelector;
  /** By RIS, register and half. */
  readonly #values = new Uint32Array(RIS_COUNT * MSC_REGISTERS.length * WORDS);

  constructor(config: MscConfig, selector: PartSelector) {
    this.#selector = selector;
    for (let ris = 0; ris < RIS_COUNT; ris++) {
      for (const [register, fields] of idRegisters(config, ris)) {
        const { lo, hi } = packFields(MSC_REGISTERS[register]!, fields);
        this.#values.set([lo, hi], indexOf(ris, register));
      }
    }
  }

  read(register: number, space: number, word: number): number {
    if (register === MscRegister.MPAMF_SIDR && space !== PartidSpace.secure) return 0;
    return this.#values[indexOf(this.#selector.ris(space), register) + word]!;
  }

  write(): void {
    // Read-only: the write is ignored.
  }
}

function indexOf(ris: number, register: number): number {
  return (ris * MSC_REGISTERS.length + register) * WORDS;
}
