/** CPU bring-up and power management: K 2.3, and the rows of K 1.5 that name the writers. */
import { describe, expect, test } from 'vitest';
import { Reg } from '../../src/arch/registers.ts';
import { cpuEnableMpam, cpuPmExit, finaliseEl2State, threadSwitch } from '../../src/kvm/host-labels.ts';
import { KVM_MODE_NAMES } from '../../src/kvm/modes.ts';
import { bootedTestHost, registerValue, resetTestHost } from '../support/kvm-test-host.ts';

const UNKNOWN = { lo: 0x0007_0007, hi: 0x0000_0101 } as const;

describe.each(KVM_MODE_NAMES)('CPU bring-up under %s', (mode) => {
  test('finalise_el2_state of v7.1 leaves label 0, no traps and EnMPAMSM', () => {
    const { host, writesOf } = resetTestHost({ mode, kernel: 'v7.1', unknown: UNKNOWN, features: { sme: true } });
    expect(writesOf(() => finaliseEl2State(host, 0))).toEqual([
      'MPAM2_EL2=0x0004000000000000',
      'MPAMHCR_EL2=0x0000000000000000',
    ]);
  });

  test('before the series finalise_el2_state writes 0', () => {
    const { host, writesOf } = resetTestHost({ mode, kernel: 'v7.0', unknown: UNKNOWN, features: { hasHcr: false } });
    expect(writesOf(() => finaliseEl2State(host, 0))).toEqual(['MPAM2_EL2=0x0000000000000000']);
  });

  test('before the series a CPU comes up with MPAM1_EL1 = 0 and MPAM0_EL1 as reset left it', () => {
    const test = bootedTestHost({ mode, kernel: 'v7.0', unknown: UNKNOWN });
    expect(test.writesOf(() => cpuEnableMpam(test.host, 0))).toEqual(['MPAM1_EL1=0x0000000000000000']);
    expect(registerValue(test, Reg.MPAM0_EL1)).toBe('0x0000010100070007');
  });

  test('v7.1 brings a CPU online with its current label once MPAM is enabled, with label 0 before', () => {
    const { host, writesOf } = bootedTestHost({ mode, kernel: 'v7.1' });
    threadSwitch(host, 0, UNKNOWN.lo, UNKNOWN.hi);
    const labelled = ['MPAM1_EL1=0x8000010100070007', 'MPAM0_EL1=0x0000010100070007'];
    expect(writesOf(() => cpuEnableMpam(host, 0))).toEqual(labelled);
    host.mpamEnabled = false;
    expect(writesOf(() => cpuEnableMpam(host, 0))).toEqual([
      'MPAM1_EL1=0x8000000000000000',
      'MPAM0_EL1=0x0000000000000000',
    ]);
  });

  test('resume from a power state writes the current label again, without the early-out', () => {
    const { host, writesOf } = bootedTestHost({ mode, kernel: 'v7.1', features: { sme: true } });
    threadSwitch(host, 0, UNKNOWN.lo, UNKNOWN.hi);
    expect(writesOf(() => cpuPmExit(host, 0))).toEqual([
      'MPAM1_EL1=0x8000010100070007',
      'MPAMSM_EL1=0x0000010000070000',
      'MPAM0_EL1=0x0000010100070007',
    ]);
  });

  test('resume writes the current label even after MPAM was disabled, unlike CPU online', () => {
    const { host, writesOf } = bootedTestHost({ mode, kernel: 'v7.1' });
    threadSwitch(host, 0, UNKNOWN.lo, UNKNOWN.hi);
    host.mpamEnabled = false;
    expect(writesOf(() => cpuPmExit(host, 0))).toEqual([
      'MPAM1_EL1=0x8000010100070007',
      'MPAM0_EL1=0x0000010100070007',
    ]);
  });

  test('before the series there is no cpu_pm notifier', () => {
    const { host, writesOf } = bootedTestHost({ mode, kernel: 'v7.0' });
    expect(writesOf(() => cpuPmExit(host, 0))).toEqual([]);
  });
});

test('under VHE the name MPAM1_EL1 reaches MPAM2_EL2: the real MPAM1_EL1 keeps its reset value', () => {
  const test = bootedTestHost({ mode: 'vhe', kernel: 'series-1-11', unknown: UNKNOWN });
  threadSwitch(test.host, 0, 0x0002_0002, 0);
  expect(registerValue(test, Reg.MPAM2_EL2)).toBe('0x8000000000020002');
  expect(registerValue(test, Reg.MPAM1_EL1)).toBe('0x8000010100070007');
});

test('without EL3 the writes that lack MPAMEN switch labelling off; those of v7.1 switch it on (K 3.6)', () => {
  const test = bootedTestHost({ mode: 'vhe', kernel: 'v7.1', features: { el3: false } });
  expect(registerValue(test, Reg.MPAM2_EL2)).toBe('0x8000000000000000');
  finaliseEl2State(test.host, 0);
  expect(registerValue(test, Reg.MPAM2_EL2)).toBe('0x0000000000000000');
});
