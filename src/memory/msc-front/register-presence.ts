/**
 * Which registers an MSC has, and in which of its resources: taken from the conditions that the registers' descriptions name
 * and from what its ID registers read as (A 2.2, 2.3).
 */
import type { MscCondition } from '../../arch/msc/register-description.ts';
import { MSC_REGISTERS, MscRegister } from '../../arch/msc-registers.ts';
import type { MscConfig } from '../msc-config.ts';
import { type IdFields, idRegisters } from './id-registers.ts';

const CONTROLS = ['HAS_CCAP_PART', 'HAS_CPOR_PART', 'HAS_MBW_PART', 'HAS_PRI_PART', 'HAS_PARTID_NRW', 'HAS_ENDIS'];
const TRANSLATIONS = ['HAS_IN_TL', 'HAS_OUT_TL'];

export class RegisterPresence {
  /** Bit r: there is a resource with RIS r. */
  readonly definedRis: number;
  /** By register; bit r: resource r has it. */
  readonly #ris = new Uint16Array(MSC_REGISTERS.length);

  constructor(config: MscConfig) {
    this.definedRis = config.resources.reduce((mask, { ris }) => mask | (1 << ris), 0);
    for (const { ris } of config.resources) {
      const ids = idRegisters(config, ris);
      MSC_REGISTERS.forEach(({ presentWhen }, register) => {
        if (presentWhen.every((condition) => holds(condition, config, ids))) this.#ris[register]! |= 1 << ris;
      });
    }
  }

  /** True if any resource has the register. */
  exists(register: MscRegister): boolean {
    return this.#ris[register] !== 0;
  }

  /** True if resource `ris` has the register; false if there is no such resource. */
  existsIn(register: MscRegister, ris: number): boolean {
    return ((this.#ris[register]! >>> ris) & 1) !== 0;
  }

  isDefined(ris: number): boolean {
    return ((this.definedRis >>> ris) & 1) !== 0;
  }
}

function holds(condition: MscCondition, config: MscConfig, ids: ReadonlyMap<MscRegister, IdFields>): boolean {
  switch (condition) {
    case 'Secure page': // Told apart where a page is accessed.
      return true;
    case 'errors':
      return config.front.hasEsr;
    case 'monitors':
      return idField(ids, 'MPAMF_IDR', 'HAS_MSMON') === 1;
    case 'controls':
      // Several resources need PART_SEL for their ID registers, translations for their entries.
      return (
        config.resources.length > 1 ||
        [...CONTROLS, ...TRANSLATIONS].some((name) => idField(ids, 'MPAMF_IDR', name) === 1)
      );
    default: {
      const isNegated = condition.startsWith('!');
      const [register = '', field = ''] = condition.slice(isNegated ? 1 : 0).split('.');
      return (idField(ids, register, field) === 1) !== isNegated;
    }
  }
}

function idField(ids: ReadonlyMap<MscRegister, IdFields>, register: string, field: string): number {
  return ids.get(MscRegister[register as keyof typeof MscRegister])?.[field] ?? 0;
}
