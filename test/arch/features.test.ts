import { describe, expect, it } from 'vitest';
import {
  DEFAULT_PE_FEATURES,
  idAa64pfr0Mpam,
  idAa64pfr1MpamFrac,
  mpamidrValue,
  type PeFeatures,
  validateFeatures,
} from '../../src/arch/features.ts';
import { decodeFields, Reg } from '../../src/arch/registers.ts';

const withChanges = (changes: Partial<PeFeatures>): PeFeatures => ({ ...DEFAULT_PE_FEATURES, ...changes });

describe('PE features', () => {
  it('are possible by default', () => {
    expect(validateFeatures(DEFAULT_PE_FEATURES)).toEqual([]);
  });

  it.each<[string, Partial<PeFeatures>, (keyof PeFeatures)[]]>([
    ['a PARTID_MAX beyond 16 bits', { partidMax: 65536 }, ['partidMax']],
    ['a fractional PARTID_MAX', { partidMax: 1.5 }, ['partidMax']],
    ['a negative PMG_MAX', { pmgMax: -1 }, ['pmgMax']],
    ['a PMG_MAX beyond 8 bits', { pmgMax: 256 }, ['pmgMax']],
    ['nine map registers', { vpmrMax: 8 }, ['vpmrMax']],
    ['map registers without virtual PARTIDs', { hasHcr: false, vpmrMax: 1 }, ['vpmrMax']],
    ['EL2 controls without EL2', { el2: false }, ['hasHcr', 'hasTidr']],
    ['TIDR in v1.0', { version: 'v1.0' }, ['hasTidr']],
    ['SDEFLT in v1.0', { version: 'v1.0', hasTidr: false, hasSdeflt: true }, ['hasSdeflt']],
    ['SDEFLT without EL3', { el3: false, hasSdeflt: true }, ['hasSdeflt']],
    ['FORCE_NS in v1.1', { hasForceNs: true }, ['hasForceNs']],
    ['alternative spaces without four spaces', { hasAltsp: true }, ['hasAltsp']],
    ['four spaces without EL3', { sp4: true, el3: false }, ['sp4']],
    ['four spaces in v0.1', { sp4: true, version: 'v0.1' }, ['sp4']],
  ])('are refused with %s', (_, changes, fields) => {
    const problems = validateFeatures(withChanges(changes));
    expect(problems.map(({ field }) => field)).toEqual(fields);
    for (const { field, value, allowed } of problems) {
      expect(value).toBe(withChanges(changes)[field]);
      expect(allowed).not.toBe('');
    }
  });

  it('show in MPAMIDR_EL1 bit by bit', () => {
    const features = withChanges({
      version: 'v0.1',
      partidMax: 0x1234,
      pmgMax: 0x56,
      vpmrMax: 5,
      hasForceNs: true,
      hasSdeflt: true,
      hasBwCtrl: true,
    });
    const { lo, hi } = mpamidrValue(features);
    expect(Object.fromEntries(decodeFields(Reg.MPAMIDR_EL1, lo, hi).map(({ name, value }) => [name, value]))).toEqual({
      PARTID_MAX: 0x1234,
      PMG_MAX: 0x56,
      HAS_HCR: 1,
      VPMR_MAX: 5,
      HAS_BW_CTRL: 1,
      HAS_ALTSP: 0,
      HAS_TIDR: 1,
      SP4: 0,
      HAS_FORCE_NS: 1,
      HAS_SDEFLT: 1,
    });
    expect(
      decodeFields(Reg.MPAMIDR_EL1, 0, mpamidrValue(withChanges({ sp4: true, hasAltsp: true })).hi),
    ).toContainEqual({
      name: 'HAS_ALTSP',
      value: 1,
    });
  });

  it.each([
    ['v0.1', 0, 1],
    ['v1.0', 1, 0],
    ['v1.1', 1, 1],
  ] as const)('of %s show in ID_AA64PFR0_EL1.MPAM and ID_AA64PFR1_EL1.MPAM_frac', (version, mpam, frac) => {
    expect(idAa64pfr0Mpam(withChanges({ version }))).toBe(mpam);
    expect(idAa64pfr1MpamFrac(withChanges({ version }))).toBe(frac);
  });
});
