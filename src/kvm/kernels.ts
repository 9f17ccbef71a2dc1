/**
 * Which kernel does what: the differences between Linux versions and posted patches, as data.
 *
 * One record per selectable kernel; the code that acts on a field is in one place each (host-labels.ts, trap-helpers.ts,
 * guest-load.ts, host-hypercall.ts). Source: kernel-mpam sheet sections 0, 2.3, 3.1 and 3.4.
 *
 * Assumed, as the sheet has no text for it: the posted versions of patches 12 and 13 are taken on top of the host side
 * of v7.1 (patches 1 to 11 as they landed); only the value that 12/47 and 13/47 write differs.
 */

/** How a label register's value is copied into another one: whole, the label alone, or the label with MPAMEN. */
export type LabelCopy = 'none' | 'whole' | 'masked' | 'masked-mpamen';

export interface KernelBehaviour {
  readonly title: string;
  /** `mpam_thread_switch` exists (patch 6). */
  readonly switchesThreadLabels: boolean;
  /** `cpu_enable_mpam` writes: only MPAM1_EL1 = 0, or the CPU's current labels (patch 7). */
  readonly cpuEnable: 'zero-mpam1' | 'current-labels';
  /** The cpu_pm notifier restores labels on resume (patch 9). */
  readonly restoresOnCpuPmExit: boolean;
  /** MPAMSM_EL1 is initialised and switched (patch 10); `finalise_el2_state` then sets EnMPAMSM. */
  readonly managesMpamsm: boolean;
  /** How KVM changes the traps in MPAM2_EL2: whole writes that zero the label, or read-modify-write (patch 4). */
  readonly trapWrites: 'whole' | 'read-modify-write';
  /** What `__mpam_guest_load` writes to the guest's MPAM1_EL1 at vCPU load (VHE), K 3.4. */
  readonly guestLoad: LabelCopy;
  /** What `handle_host_hcall` writes to MPAM2_EL2 (patch 13/47), K 3.4. `whole` is also not aware of hVHE. */
  readonly hypercallLabel: LabelCopy;
}

const V7_1 = {
  title: 'mainline v7.1',
  switchesThreadLabels: true,
  cpuEnable: 'current-labels',
  restoresOnCpuPmExit: true,
  managesMpamsm: true,
  trapWrites: 'read-modify-write',
  guestLoad: 'masked-mpamen',
  hypercallLabel: 'none',
} as const satisfies KernelBehaviour;

export const KERNELS = {
  'v7.0': {
    title: 'before the series (v6.13 to v7.0)',
    switchesThreadLabels: false,
    cpuEnable: 'zero-mpam1',
    restoresOnCpuPmExit: false,
    managesMpamsm: false,
    trapWrites: 'whole',
    guestLoad: 'none',
    hypercallLabel: 'none',
  },
  'host-switch-only': {
    ...V7_1,
    title: 'host context switch only, traps as before the series (K 3.4 a)',
    trapWrites: 'whole',
    guestLoad: 'none',
  },
  'series-1-11': { ...V7_1, title: 'patches 1 to 11: what patch 12/47 starts from', guestLoad: 'none' },
  'v2-12': { ...V7_1, title: 'patch 12 as posted in v2: MPAM0_EL1 copied whole', guestLoad: 'whole' },
  'v3-12': { ...V7_1, title: 'patch 12/47 as posted in v3 and v4: masked', guestLoad: 'masked' },
  'v5-12': { ...V7_1, title: 'patch 12 as posted in v5 and later: masked, with MPAMEN' },
  'v2-13': { ...V7_1, title: 'patches 12 and 13 as posted in v2', guestLoad: 'whole', hypercallLabel: 'whole' },
  'v3-13': { ...V7_1, title: 'patches 12/47 and 13/47 as posted in v3', guestLoad: 'masked', hypercallLabel: 'masked' },
  'v4-13': {
    ...V7_1,
    title: 'patches 12 and 13 as posted in v4',
    guestLoad: 'masked',
    hypercallLabel: 'masked-mpamen',
  },
  'v5-13': { ...V7_1, title: 'patches 12 and 13 as posted in v5', hypercallLabel: 'masked-mpamen' },
  'v7.1': V7_1,
} as const satisfies Record<string, KernelBehaviour>;

export type KernelName = keyof typeof KERNELS;

/** In order of age, for messages and for `--help`. */
export const KERNEL_NAMES = Object.keys(KERNELS) as readonly KernelName[];
