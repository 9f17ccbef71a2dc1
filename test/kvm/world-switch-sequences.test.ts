/**
 * The exact MSRs, by name, value and order, of every step of the world switch, for every kernel and mode: written out by
 * hand from kernel-mpam sheet sections 2.2, 3.1 to 3.4. SME is on and HAS_HCR set unless said otherwise.
 *
 * The thread's label is PARTID 2, PMG 1 for data and for instruction fetches.
 */
import { describe, expect, test } from 'vitest';
import { hostHypercall } from '../../src/kvm/host-hypercall.ts';
import { threadSwitch } from '../../src/kvm/host-labels.ts';
import { KERNEL_NAMES, type KernelName } from '../../src/kvm/kernels.ts';
import { KVM_MODE_NAMES, type KvmModeName } from '../../src/kvm/modes.ts';
import { guestEntry, guestExit, vcpuLoad, vcpuPut } from '../../src/kvm/world-switch.ts';
import { bootedTestHost } from '../support/kvm-test-host.ts';

const LABEL = { lo: 0x0002_0002, hi: 0x0000_0101 } as const;

interface Steps {
  readonly threadSwitch: readonly string[];
  readonly load: readonly string[];
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly put: readonly string[];
  readonly hypercall: readonly string[];
}

const HOST_LABELS = [
  'MPAM1_EL1=0x8000010100020002',
  'MPAMSM_EL1=0x0000010000020000',
  'MPAM0_EL1=0x0000010100020002',
] as const;
const TRAP_ID = 'MPAMHCR_EL2=0x0000000080000000';
const NO_TRAP_ID = 'MPAMHCR_EL2=0x0000000000000000';

/** VHE: load and put do it all; entry and exit nothing; there are no hypercalls. */
function vhe(load: readonly string[], put: readonly string[], labels: readonly string[] = HOST_LABELS): Steps {
  return { threadSwitch: labels, load, entry: [], exit: [], put, hypercall: [] };
}

/** nVHE and its relatives: entry and exit do it all. */
function nvhe(
  entry: readonly string[],
  exit: readonly string[],
  hypercall: readonly string[] = [],
  labels: readonly string[] = HOST_LABELS,
): Steps {
  return { threadSwitch: labels, load: [], entry, exit, put: [], hypercall };
}

const VHE_KEEPING_PUT = ['MPAM2_EL2=0x8004010100020002', NO_TRAP_ID];
const NVHE_KEEPING = nvhe([TRAP_ID, 'MPAM2_EL2=0x8003000000000000'], ['MPAM2_EL2=0x8004000000000000', NO_TRAP_ID]);
const ZEROING_ENTRY = [TRAP_ID, 'MPAM2_EL2=0x0003000000000000'];
const ZEROING_EXIT = ['MPAM2_EL2=0x0000000000000000', NO_TRAP_ID];

/** `handle_host_hcall` writes `value` first; the trap helpers then keep that label. */
function nvheWithHypercallLabel(value: string): Steps {
  const first = `MPAM2_EL2=${value}`;
  const entry = [first, TRAP_ID, 'MPAM2_EL2=0x8003010100020002'];
  return nvhe(entry, ['MPAM2_EL2=0x8004010100020002', NO_TRAP_ID], [first]);
}

function vheLoad(guestLabel: string | null): string[] {
  const steps = [TRAP_ID, 'MPAM2_EL2=0x8003010100020002'];
  return guestLabel === null ? steps : [`MPAM1_EL12=${guestLabel}`, ...steps];
}

const VHE_STEPS: Readonly<Record<KernelName, Steps>> = {
  'v7.0': vhe(ZEROING_ENTRY, ZEROING_EXIT, []),
  'host-switch-only': vhe(ZEROING_ENTRY, ZEROING_EXIT),
  'series-1-11': vhe(vheLoad(null), VHE_KEEPING_PUT),
  'v2-12': vhe(vheLoad('0x0000010100020002'), VHE_KEEPING_PUT),
  'v3-12': vhe(vheLoad('0x0000010100020002'), VHE_KEEPING_PUT),
  'v5-12': vhe(vheLoad('0x8000010100020002'), VHE_KEEPING_PUT),
  'v2-13': vhe(vheLoad('0x0000010100020002'), VHE_KEEPING_PUT),
  'v3-13': vhe(vheLoad('0x0000010100020002'), VHE_KEEPING_PUT),
  'v4-13': vhe(vheLoad('0x0000010100020002'), VHE_KEEPING_PUT),
  'v5-13': vhe(vheLoad('0x8000010100020002'), VHE_KEEPING_PUT),
  'v7.1': vhe(vheLoad('0x8000010100020002'), VHE_KEEPING_PUT),
};

const NVHE_STEPS: Readonly<Record<KernelName, Steps>> = {
  'v7.0': nvhe(ZEROING_ENTRY, ZEROING_EXIT, [], []),
  'host-switch-only': nvhe(ZEROING_ENTRY, ZEROING_EXIT),
  'series-1-11': NVHE_KEEPING,
  'v2-12': NVHE_KEEPING,
  'v3-12': NVHE_KEEPING,
  'v5-12': NVHE_KEEPING,
  'v2-13': nvheWithHypercallLabel('0x8000010100020002'),
  'v3-13': nvheWithHypercallLabel('0x0000010100020002'),
  'v4-13': nvheWithHypercallLabel('0x8000010100020002'),
  'v5-13': nvheWithHypercallLabel('0x8000010100020002'),
  'v7.1': NVHE_KEEPING,
};

/** hVHE: as nVHE, but v2 of 13/47 read MPAM2_EL2 under the name MPAM1_EL1 and wrote it back to itself. */
const V2_HVHE_SELF_COPY: Steps = nvhe(
  ['MPAM2_EL2=0x8004000000000000', TRAP_ID, 'MPAM2_EL2=0x8003000000000000'],
  ['MPAM2_EL2=0x8004000000000000', NO_TRAP_ID],
  ['MPAM2_EL2=0x8004000000000000'],
);

const STEPS: Readonly<Record<KvmModeName, Readonly<Record<KernelName, Steps>>>> = {
  vhe: VHE_STEPS,
  nvhe: NVHE_STEPS,
  pkvm: NVHE_STEPS,
  hvhe: { ...NVHE_STEPS, 'v2-13': V2_HVHE_SELF_COPY },
};

describe.each(KVM_MODE_NAMES)('world switch under %s', (mode) => {
  test.each(KERNEL_NAMES)('kernel %s makes exactly the writes of the sheet, in order', (kernel) => {
    const { host, writesOf } = bootedTestHost({ mode, kernel, features: { sme: true } });
    const expected = STEPS[mode][kernel];
    expect(writesOf(() => threadSwitch(host, 0, LABEL.lo, LABEL.hi))).toEqual(expected.threadSwitch);
    expect(writesOf(() => vcpuLoad(host, 0))).toEqual(expected.load);
    expect(writesOf(() => guestEntry(host, 0, 1))).toEqual(expected.entry);
    expect(writesOf(() => guestExit(host, 0))).toEqual(expected.exit);
    expect(writesOf(() => vcpuPut(host, 0))).toEqual(expected.put);
    if (mode === 'vhe') return;
    const again = bootedTestHost({ mode, kernel, features: { sme: true } });
    threadSwitch(again.host, 0, LABEL.lo, LABEL.hi);
    expect(again.writesOf(() => hostHypercall(again.host, 0))).toEqual(expected.hypercall);
  });

  test('without MPAMHCR_EL2 the trap bit TIDR stands in, and MPAMHCR_EL2 is never written', () => {
    const { host, writesOf } = bootedTestHost({ mode, kernel: 'v7.1', features: { sme: true, hasHcr: false } });
    const writes = writesOf(() => {
      vcpuLoad(host, 0);
      guestEntry(host, 0, 1);
      guestExit(host, 0);
      vcpuPut(host, 0);
    });
    const guestLoad = mode === 'vhe' ? ['MPAM1_EL12=0x8000000000000000'] : [];
    // Under VHE the label writes of cpu_enable_mpam cleared EnMPAMSM; under nVHE finalise_el2_state's bit is still there.
    expect(writes).toEqual([...guestLoad, 'MPAM2_EL2=0x8403000000000000', 'MPAM2_EL2=0x8004000000000000']);
  });
});

describe('thread switch (K 2.2)', () => {
  test('a thread with the same label writes nothing at all', () => {
    const { host, writesOf } = bootedTestHost({ mode: 'vhe', kernel: 'v7.1' });
    threadSwitch(host, 0, LABEL.lo, LABEL.hi);
    expect(writesOf(() => threadSwitch(host, 0, LABEL.lo, LABEL.hi))).toEqual([]);
  });

  test('without SME there is no write of MPAMSM_EL1', () => {
    const { host, writesOf } = bootedTestHost({ mode: 'nvhe', kernel: 'v7.1', features: { sme: false } });
    expect(writesOf(() => threadSwitch(host, 0, LABEL.lo, LABEL.hi))).toEqual([
      'MPAM1_EL1=0x8000010100020002',
      'MPAM0_EL1=0x0000010100020002',
    ]);
  });

  test('a task of the default group gets the default label of the CPU', () => {
    const { host, writesOf } = bootedTestHost({ mode: 'nvhe', kernel: 'v7.1' });
    host.setDefault(0, LABEL.lo, LABEL.hi);
    expect(writesOf(() => threadSwitch(host, 0, 0, 0))).toEqual([
      'MPAM1_EL1=0x8000010100020002',
      'MPAM0_EL1=0x0000010100020002',
    ]);
  });

  test('with CDP the global default is D=0 I=1, and a task that holds it is a default-group task', () => {
    const { host, writesOf } = bootedTestHost({ mode: 'nvhe', kernel: 'v7.1' });
    host.globalDefaultLow = 1;
    host.setDefault(0, 0x0004_0005, 0);
    expect(writesOf(() => threadSwitch(host, 0, 1, 0))[0]).toBe('MPAM1_EL1=0x8000000000040005');
    expect(writesOf(() => threadSwitch(host, 0, 0, 0))[0]).toBe('MPAM1_EL1=0x8000000000000000');
  });

  test('while mpam_enabled is off nothing is written', () => {
    const { host, writesOf } = bootedTestHost({ mode: 'vhe', kernel: 'v7.1' });
    host.mpamEnabled = false;
    expect(writesOf(() => threadSwitch(host, 0, LABEL.lo, LABEL.hi))).toEqual([]);
  });
});
