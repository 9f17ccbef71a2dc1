/** Every register of an MSC against rows typed in from A 2.2 (place, presence) and A 2.3 to 2.7 (fields). */
import { describe, expect, it } from 'vitest';
import { MSC_REGISTERS, MscRegister, mscRegisterName } from '../../src/arch/msc-registers.ts';
import { CODE_MAX } from '../../src/loop/event-row.ts';
import { MSC_FIELDS, MSC_REGISTER_PLACES, type RegisterPlace } from './msc-register-reference.ts';

/** Codes in stored events of files that exist. New registers get new codes; these stay. */
const STORED_CODES: Readonly<Record<string, number>> = {
  MPAMCFG_CMAX: 0,
  MPAMCFG_CMIN: 1,
  MPAMCFG_CASSOC: 2,
  MPAMCFG_EN: 3,
  MPAMCFG_DIS: 4,
  MPAMCFG_EN_FLAGS: 5,
  MPAMCFG_INTPARTID: 6,
  MPAMCFG_CPBM: 7,
};

const descriptionOf = (name: string) => MSC_REGISTERS.find((register) => register.name.replace('<n>', '') === name)!;

describe('MSC registers', () => {
  it('are those of the manual, and no others', () => {
    const names = MSC_REGISTERS.map(({ name }) => name.replace('<n>', ''));
    expect([...names].sort()).toEqual(Object.keys(MSC_REGISTER_PLACES).sort());
  });

  it.each(Object.entries(MSC_REGISTER_PLACES))(
    '%s lies where Arm puts it, and is there when Arm says',
    (name, expected) => {
      const { offset, width, access, selectedBy, words, presentWhen } = descriptionOf(name);
      const place: RegisterPlace = [offset, width, access, selectedBy, presentWhen.join(' ')];
      expect(place).toEqual(expected);
      expect(words).toBe({ MPAMCFG_CPBM: 1024, MPAMCFG_MBW_PBM: 128 }[name] ?? 1);
    },
  );

  it.each(Object.entries(MSC_FIELDS))('%s has the fields of the manual', (name, expected) => {
    const fields = descriptionOf(name).fields.map(
      ({ name, high, low }) => `${name} ${high === low ? high : `${high}:${low}`}`,
    );
    expect([...fields].sort().join(', ')).toBe(expected.split(', ').sort().join(', '));
  });

  it('have fields listed for each of them', () => {
    expect(Object.keys(MSC_FIELDS).sort()).toEqual(Object.keys(MSC_REGISTER_PLACES).sort());
  });

  it('have fields that lie within the register, from the top down, and share no bit', () => {
    for (const { name, width, fields } of MSC_REGISTERS) {
      let below: number = width;
      for (const field of fields) {
        expect(field.high, `${name}.${field.name}`).toBeLessThan(below);
        expect(field.low).toBeLessThanOrEqual(field.high);
        below = field.low;
      }
      expect(below).toBeGreaterThanOrEqual(0);
    }
  });

  it('share no place in the page', () => {
    const bytes = MSC_REGISTERS.flatMap(({ offset, width, words }) => {
      return Array.from({ length: (words * width) / 32 }, (_, index) => offset + 4 * index);
    });
    expect(new Set(bytes).size).toBe(bytes.length);
  });

  it('are there by fields of ID registers that exist', () => {
    const conditions = MSC_REGISTERS.flatMap(({ presentWhen }) => presentWhen);
    const byField = conditions.filter((condition) => condition.includes('.'));
    for (const condition of byField) {
      const [register, field] = condition.replace('!', '').split('.') as [string, string];
      expect(descriptionOf(register).fields.map(({ name }) => name)).toContain(field);
    }
    expect(new Set(conditions.filter((condition) => !condition.includes('.')))).toEqual(
      new Set(['Secure page', 'errors', 'controls', 'monitors']),
    );
  });

  it('hold after reset what A 2.8 suggests for PARTID 0', () => {
    const resets = Object.fromEntries(
      MSC_REGISTERS.filter(({ reset }) => reset !== undefined).map(({ name, reset }) => [name, reset]),
    );
    expect(resets).toEqual({
      'MPAMCFG_CPBM<n>': 0xffffffff,
      'MPAMCFG_MBW_PBM<n>': 0xffffffff,
      MPAMCFG_CMAX: 0x0000ffff, // SOFTLIM 0
      MPAMCFG_CMIN: 0, // not in the table: the setting that does not limit
      MPAMCFG_CASSOC: 0xffff,
      MPAMCFG_MBW_MAX: 0x0000ffff, // HARDLIM 0
      MPAMCFG_MBW_MIN: 0xffff,
      MPAMCFG_MBW_PROP: 0, // EN 0
      MPAMCFG_INTPARTID: 0x10000, // internal PARTID 0
      MPAMF_ERR_MSI_ATTR: 0, // MSIEN 0
      MSMON_OFLOW_MSI_ATTR: 0,
    });
  });

  it('have fixed contents where all MSCs have the same: the type of a monitor', () => {
    const fixed = MSC_REGISTERS.flatMap(({ name, fields }) =>
      fields.filter((field) => field.fixed !== undefined).map((field) => `${name}.${field.name} ${field.fixed}`),
    );
    expect(fixed.sort()).toEqual([
      'MSMON_CFG_CSU_CTL.SUBTYPE 0',
      `MSMON_CFG_CSU_CTL.TYPE ${0x43}`,
      'MSMON_CFG_MBWU_CTL.SUBTYPE 0',
      `MSMON_CFG_MBWU_CTL.TYPE ${0x42}`,
    ]);
  });

  it('keep the numbers that stored events have', () => {
    expect(MscRegister).toMatchObject(STORED_CODES);
    for (const [name, code] of Object.entries(MscRegister)) {
      expect(MSC_REGISTERS[code]!.name.replace('<n>', '')).toBe(name);
      expect(code).toBeLessThanOrEqual(CODE_MAX);
    }
  });

  it('are named with their number where there are several', () => {
    expect(mscRegisterName(MscRegister.MPAMCFG_CPBM, 3)).toBe('MPAMCFG_CPBM3');
    expect(mscRegisterName(MscRegister.MPAMCFG_MBW_PBM, 127)).toBe('MPAMCFG_MBW_PBM127');
    expect(mscRegisterName(MscRegister.MPAMCFG_CMAX, 0)).toBe('MPAMCFG_CMAX');
  });

  it('have room for 32768 cache portions and 4096 bandwidth portions, 32 in a word', () => {
    expect(MSC_REGISTERS[MscRegister.MPAMCFG_CPBM]!.words * 32).toBe(32768);
    expect(MSC_REGISTERS[MscRegister.MPAMCFG_MBW_PBM]!.words * 32).toBe(4096);
  });
});
