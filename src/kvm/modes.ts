/**
 * How KVM sits on the exception levels (K 1.4).
 *
 * VHE: the host kernel runs at EL2 with E2H=1 and TGE=1. nVHE: host at EL1, KVM's own code at EL2. pKVM: nVHE whose EL2
 * does not trust the host. hVHE: as nVHE or pKVM, but EL2 runs with E2H=1, so names are redirected there.
 */
export interface KvmMode {
  /** HCR_EL2.E2H: redirects names at EL2 (K 1.2). */
  readonly e2h: boolean;
  /** Where the host kernel runs. */
  readonly hostKernelEl: 1 | 2;
  /** Guests are protected VMs: EL2 itself answers their trapped accesses (K 3.5). */
  readonly protectsGuests: boolean;
}

export const KVM_MODES = {
  vhe: { e2h: true, hostKernelEl: 2, protectsGuests: false },
  nvhe: { e2h: false, hostKernelEl: 1, protectsGuests: false },
  pkvm: { e2h: false, hostKernelEl: 1, protectsGuests: true },
  hvhe: { e2h: true, hostKernelEl: 1, protectsGuests: true },
} as const satisfies Record<string, KvmMode>;

export type KvmModeName = keyof typeof KVM_MODES;

export const KVM_MODE_NAMES = Object.keys(KVM_MODES) as readonly KvmModeName[];
