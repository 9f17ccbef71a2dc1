import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_PE_FEATURES, type PeFeatures } from '../../src/arch/features.ts';
import { labelHasError, labelPartid, labelPmg, labelSpace, PartidSpace } from '../../src/arch/label.ts';
import { encodeFields, Name, Reg } from '../../src/arch/registers.ts';
import type { ProcessingElements } from '../../src/pe/processing-elements.ts';
import { anyContext, anyFeatures, anyRegisters } from './arbitrary-pe.ts';
import { type NaiveLabel, naiveLabel } from './naive-label.ts';
import { highestEl, makePes, registers, setContext, writeAll } from './pe-fixture.ts';

const SPACE_NAMES = ['secure', 'non-secure', 'root', 'realm'] as const;

function unpack(label: number): NaiveLabel {
  return {
    space: SPACE_NAMES[labelSpace(label)]!,
    partid: labelPartid(label),
    pmg: labelPmg(label),
    error: labelHasError(label),
  };
}

const dataLabel = (pes: ProcessingElements, el: number): NaiveLabel => unpack(pes.labels[2 * el]!);
const instructionLabel = (pes: ProcessingElements, el: number): NaiveLabel => unpack(pes.labels[2 * el + 1]!);

describe('the label of every Exception level', () => {
  it('is what the architecture says, for any PE, registers and context', () => {
    const anyPe = anyFeatures.chain((features) =>
      fc.record({ features: fc.constant(features), context: anyContext(features), values: anyRegisters }),
    );
    fc.assert(
      fc.property(anyPe, ({ features, context, values }) => {
        const { pes } = makePes(features);
        writeAll(pes, 0, features, values);
        setContext(pes, 0, context);
        const held = registers(pes, 0);
        for (let el = 0; el <= highestEl(features); el++) {
          expect(dataLabel(pes, el)).toEqual(naiveLabel(features, held, context, el, 'data'));
          expect(instructionLabel(pes, el)).toEqual(naiveLabel(features, held, context, el, 'instruction'));
          if (el === 2 && !context.el2Enabled) continue;
          pes.enter(0, el, 0);
          const streaming = features.sme && features.mpamsmPrecedence ? 'streaming' : 'data';
          expect(unpack(pes.streamingLabel(0))).toEqual(naiveLabel(features, held, context, el, streaming));
        }
      }),
      { numRuns: 5000 },
    );
  });
});

/** A Non-secure PE at EL2 with MPAM on. */
function running(changes: Partial<PeFeatures> = {}): ProcessingElements {
  const { pes } = makePes({ ...DEFAULT_PE_FEATURES, ...changes });
  pes.enter(0, 3, 0);
  set(pes, Name.MPAM3_EL3, Reg.MPAM3_EL3, { MPAMEN: 1 });
  pes.enter(0, 2, 0);
  return pes;
}

function set(pes: ProcessingElements, name: Name, reg: Reg, fields: Record<string, number>): void {
  const { lo, hi } = encodeFields(reg, fields);
  expect(pes.write(0, name, lo, hi)).toBe(0);
}

const physical = (partid: number, pmg = 0): NaiveLabel => ({ space: 'non-secure', partid, pmg, error: false });

describe('label selection', () => {
  it('labels data and instruction fetches apart', () => {
    const pes = running();
    set(pes, Name.MPAM0_EL1, Reg.MPAM0_EL1, { PARTID_D: 5, PARTID_I: 6, PMG_D: 1, PMG_I: 0 });
    expect(dataLabel(pes, 0)).toEqual(physical(5, 1));
    expect(instructionLabel(pes, 0)).toEqual(physical(6, 0));
  });

  it('gives every Exception level PARTID 0 and PMG 0 while MPAMEN is 0', () => {
    const pes = running();
    for (const [name, reg] of [
      [Name.MPAM0_EL1, Reg.MPAM0_EL1],
      [Name.MPAM1_EL1, Reg.MPAM1_EL1],
      [Name.MPAM2_EL2, Reg.MPAM2_EL2],
    ] as const) {
      set(pes, name, reg, { PARTID_D: 9, PMG_D: 1 });
    }
    pes.enter(0, 3, 0);
    set(pes, Name.MPAM3_EL3, Reg.MPAM3_EL3, { MPAMEN: 0, PARTID_D: 9 });
    for (let el = 0; el < 3; el++) expect(dataLabel(pes, el)).toEqual(physical(0));
    expect(dataLabel(pes, 3)).toEqual({ space: 'secure', partid: 0, pmg: 0, error: false });
  });

  it('turns a PARTID out of range into 0 with the error flag, and drops or keeps the PMG as chosen', () => {
    for (const [choice, pmg] of [
      ['default', 0],
      ['kept', 1],
    ] as const) {
      const pes = running({ pmgOnPartidError: choice });
      set(pes, Name.MPAM0_EL1, Reg.MPAM0_EL1, { PARTID_D: 64, PMG_D: 1 });
      expect(dataLabel(pes, 0)).toEqual({ space: 'non-secure', partid: 0, pmg, error: true });
    }
  });

  it('turns a PMG out of range into 0 without the error flag', () => {
    const pes = running();
    set(pes, Name.MPAM0_EL1, Reg.MPAM0_EL1, { PARTID_D: 63, PMG_D: 2 });
    expect(dataLabel(pes, 0)).toEqual(physical(63, 0));
  });

  it('gives a guest process the label of its kernel under GSTAPP_PLK, but not a host process', () => {
    const pes = running();
    set(pes, Name.MPAM0_EL1, Reg.MPAM0_EL1, { PARTID_D: 5 });
    set(pes, Name.MPAM1_EL1, Reg.MPAM1_EL1, { PARTID_D: 6 });
    set(pes, Name.MPAMHCR_EL2, Reg.MPAMHCR_EL2, { GSTAPP_PLK: 1 });
    expect(dataLabel(pes, 0)).toEqual(physical(6));
    set(pes, Name.MPAM1_EL1, Reg.MPAM1_EL1, { PARTID_D: 7 });
    expect(dataLabel(pes, 0)).toEqual(physical(7));
    pes.setHcr(0, false, true);
    expect(dataLabel(pes, 0)).toEqual(physical(5));
  });

  /** K 1.3 item 7, with VPMR_MAX 0 (vmax 3) and PARTID_MAX 63. */
  it.each<[string, number, Record<string, number>, Record<string, number>, NaiveLabel]>([
    ['maps a valid virtual PARTID', 2, { VPM_V2: 1 }, { PhyPARTID2: 33 }, physical(33)],
    ['reduces one beyond the map modulo its size', 6, { VPM_V2: 1 }, { PhyPARTID2: 33 }, physical(33)],
    ['falls back to entry 0', 2, { VPM_V0: 1 }, { PhyPARTID0: 44, PhyPARTID2: 33 }, physical(44)],
    ['flags one with no valid entry', 2, {}, { PhyPARTID2: 33 }, { ...physical(0), error: true }],
    ['flags a mapping out of range', 2, { VPM_V2: 1 }, { PhyPARTID2: 64 }, { ...physical(0), error: true }],
  ])('%s', (_, virtual, valid, map, expected) => {
    const pes = running();
    set(pes, Name.MPAM1_EL1, Reg.MPAM1_EL1, { PARTID_D: virtual });
    set(pes, Name.MPAMHCR_EL2, Reg.MPAMHCR_EL2, { EL1_VPMEN: 1 });
    set(pes, Name.MPAMVPMV_EL2, Reg.MPAMVPMV_EL2, valid);
    set(pes, Name.MPAMVPM0_EL2, Reg.MPAMVPM0_EL2, map);
    expect(dataLabel(pes, 1)).toEqual(expected);
  });

  it('takes the PARTID of a host process as physical though EL0_VPMEN is 1', () => {
    const pes = running();
    set(pes, Name.MPAM0_EL1, Reg.MPAM0_EL1, { PARTID_D: 2 });
    set(pes, Name.MPAMHCR_EL2, Reg.MPAMHCR_EL2, { EL0_VPMEN: 1 });
    expect(dataLabel(pes, 0)).toEqual({ ...physical(0), error: true });
    pes.setHcr(0, true, true);
    expect(dataLabel(pes, 0)).toEqual(physical(2));
  });

  it('sends Secure state out with the default label under SDEFLT, in the Secure space', () => {
    const pes = running({ hasSdeflt: true });
    set(pes, Name.MPAM0_EL1, Reg.MPAM0_EL1, { PARTID_D: 5, PMG_D: 1 });
    pes.setSecurity(0, PartidSpace.secure, false);
    expect(dataLabel(pes, 0)).toEqual({ space: 'secure', partid: 5, pmg: 1, error: false });
    pes.enter(0, 3, 0);
    set(pes, Name.MPAM3_EL3, Reg.MPAM3_EL3, { MPAMEN: 1, SDEFLT: 1 });
    expect(dataLabel(pes, 0)).toEqual({ space: 'secure', partid: 0, pmg: 0, error: false });
  });

  it('sends Secure state out in the Non-secure space under FORCE_NS', () => {
    const pes = running({ version: 'v0.1', hasForceNs: true });
    set(pes, Name.MPAM0_EL1, Reg.MPAM0_EL1, { PARTID_D: 5 });
    pes.setSecurity(0, PartidSpace.secure, true);
    pes.enter(0, 3, 0);
    set(pes, Name.MPAM3_EL3, Reg.MPAM3_EL3, { MPAMEN: 1, FORCE_NS: 1 });
    expect(dataLabel(pes, 0)).toEqual(physical(5));
  });

  it('keeps Realm state in the Non-secure space, as EL3 forces it, while MPAM is off', () => {
    const pes = running({ sp4: true, hasAltsp: true });
    pes.setSecurity(0, PartidSpace.realm, true);
    pes.enter(0, 3, 0);
    set(pes, Name.MPAM3_EL3, Reg.MPAM3_EL3, { MPAMEN: 0, ALTSP_HFC: 1 });
    expect(dataLabel(pes, 1)).toEqual(physical(0));
    set(pes, Name.MPAM3_EL3, Reg.MPAM3_EL3, { MPAMEN: 0, ALTSP_HEN: 1 });
    set(pes, Name.MPAM2_EL2, Reg.MPAM2_EL2, { ALTSP_HFC: 1, ALTSP_EL2: 1 });
    expect(dataLabel(pes, 1).space).toBe('realm');
  });
});
