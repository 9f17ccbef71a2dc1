/** What a guest gets when it touches MPAM: K 3.5. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_PE_FEATURES, idAa64pfr0Mpam } from '../../src/arch/features.ts';
import { NAMES, Name } from '../../src/arch/registers.ts';
import { answerGuestTrap, type GuestAccess, guestAccess } from '../../src/kvm/guest-access.ts';
import { acceptsUserWrite, GUEST_MPAM_ID_FIELDS } from '../../src/kvm/id-registers.ts';
import { TrapAnswer } from '../../src/kvm/kvm-host.ts';
import { KVM_MODE_NAMES } from '../../src/kvm/modes.ts';
import { guestEntry, guestExit, vcpuLoad } from '../../src/kvm/world-switch.ts';
import { EventKind, metaKind, ROW_WORDS } from '../../src/loop/event-row.ts';
import { AccessOutcome } from '../../src/pe/processing-elements.ts';
import { bootedTestHost } from '../support/kvm-test-host.ts';

const EL1_NAMES = [Name.MPAM0_EL1, Name.MPAM1_EL1, Name.MPAMSM_EL1, Name.MPAMIDR_EL1] as const;
const EL2_NAMES = [Name.MPAMHCR_EL2, Name.MPAMVPMV_EL2, Name.MPAM2_EL2, Name.MPAMVPM0_EL2] as const;

function read(name: Name): GuestAccess {
  return { name, isWrite: false, lo: 0, hi: 0 };
}

describe.each(KVM_MODE_NAMES)('a guest at EL1 under %s', (mode) => {
  function guest() {
    const test = bootedTestHost({ mode, kernel: 'v7.1', features: { sme: true } });
    vcpuLoad(test.host, 0);
    guestEntry(test.host, 0, 1);
    return test;
  }

  test.each(EL1_NAMES.map((name) => [NAMES[name]!.name, name] as const))('reading %s traps to EL2', (_, name) => {
    expect(guestAccess(guest().host, 0, read(name))).toBe(AccessOutcome.trapToEl2);
  });

  test.each(EL2_NAMES.map((name) => [NAMES[name]!.name, name] as const))('reading %s is UNDEFINED', (_, name) => {
    expect(guestAccess(guest().host, 0, read(name))).toBe(AccessOutcome.undefined);
  });

  test('writing MPAM1_EL1 changes nothing and is answered with UNDEF', () => {
    const { host, ring } = guest();
    const access: GuestAccess = { name: Name.MPAM1_EL1, isWrite: true, lo: 7, hi: 0 };
    const before = host.pes.registerLo(0, Name.MPAM1_EL1);
    guestAccess(host, 0, access);
    guestExit(host, 0);
    answerGuestTrap(host, 0, access);
    expect(host.pes.registerLo(0, Name.MPAM1_EL1)).toBe(before);
    const at = (ring.count - 1) * ROW_WORDS;
    expect(metaKind(ring.rows[at + 1]!)).toBe(EventKind.registerTrap);
    const answer = mode === 'pkvm' || mode === 'hvhe' ? TrapAnswer.undefInjectedByHyp : TrapAnswer.undefInjectedByHost;
    expect([...ring.rows.subarray(at + 3, at + 6)]).toEqual([1, AccessOutcome.trapToEl2, answer]);
  });
});

test('the guest reads 0 in both MPAM ID fields, whatever user space wrote', () => {
  expect(GUEST_MPAM_ID_FIELDS).toEqual({ mpam: 0, mpamFrac: 0 });
});

test('user space may write 0 or the value of the host to an ID field, and nothing else', () => {
  const host = idAa64pfr0Mpam(DEFAULT_PE_FEATURES);
  expect([0, 1, 2, 15].map((value) => acceptsUserWrite(host, value))).toEqual([true, true, false, false]);
});
