/**
 * One Linux/arm64 host with KVM, as far as MPAM sees it: a range of PEs, a kernel, a mode, and the software copies that
 * Linux keeps (K 2.1). The behaviours are functions over this record, one file each.
 */

import type { Name } from '../arch/registers.ts';
import type { Block, BlockLayout, Region } from '../loop/block.ts';
import type { EventRing } from '../loop/event-ring.ts';
import { EventKind, World } from '../loop/event-row.ts';
import { AccessOutcome, hcrBits, type ProcessingElements } from '../pe/processing-elements.ts';
import type { KernelBehaviour } from './kernels.ts';
import type { KvmMode } from './modes.ts';

/** Constants of this module, as imported ones are not folded into optimised code. */
const { host: HOST, guest: GUEST, hyp: HYP } = World;
const DONE = AccessOutcome.done;

/**
 * Per-CPU words in the block: `arm64_mpam_current` and `arm64_mpam_default`, low and high halves, in MPAM0_EL1 layout.
 * Four words per PE, so that a thread switch finds all it compares in one 16-byte piece.
 */
const PER_CPU_WORDS = 4;
const CURRENT_LOW = 0;
const CURRENT_HIGH = 1;
const DEFAULT_LOW = 2;
const DEFAULT_HIGH = 3;

/** Reserve Linux's per-CPU copies for all PEs of all hosts. */
export function reserveLinuxCopies(layout: BlockLayout, peCount: number): Region {
  return layout.reserve('linux-per-cpu', peCount * PER_CPU_WORDS * 4);
}

export interface KvmHostOptions {
  readonly pes: ProcessingElements;
  readonly ring: EventRing;
  /** First of this host's PEs, and how many it has. */
  readonly firstPe: number;
  readonly peCount: number;
  readonly kernel: KernelBehaviour;
  readonly mode: KvmMode;
  /** MPAMIDR_EL1.HAS_HCR: MPAMHCR_EL2 exists. */
  readonly hasHcr: boolean;
  /** FEAT_SME: MPAMSM_EL1 exists. */
  readonly hasSme: boolean;
  /** EL3 firmware exists and owns MPAM3_EL3. */
  readonly hasEl3: boolean;
}

/** Fields are declared here and made in the constructor, so that V8 knows their type (see ProcessingElements). */
export class KvmHost {
  declare readonly pes: ProcessingElements;
  declare readonly ring: EventRing;
  declare readonly firstPe: number;
  declare readonly peCount: number;
  declare readonly kernel: KernelBehaviour;
  declare readonly mode: KvmMode;
  declare readonly hasHcr: boolean;
  declare readonly hasSme: boolean;
  declare readonly hasEl3: boolean;
  /** Where the host kernel runs; under VHE, at EL2. */
  declare readonly hostKernelEl: number;
  declare readonly isVhe: boolean;
  /** HCR_EL2.{E2H, TGE} while the host runs, and while a guest or KVM's own EL2 code does. */
  declare readonly hostHcr: number;
  declare readonly guestHcr: number;
  /** Static key `mpam_enabled`: off until the MSCs are probed, and off for good after a serious error (K 5.8). */
  mpamEnabled = false;
  /** `arm64_mpam_global_default`: the value that means "this task is in the default group". */
  globalDefaultLow = 0;
  globalDefaultHigh = 0;
  declare private readonly copies: Int32Array;

  constructor(options: KvmHostOptions, block: Block, linuxCopies: Region) {
    this.pes = options.pes;
    this.ring = options.ring;
    this.firstPe = options.firstPe;
    this.peCount = options.peCount;
    this.kernel = options.kernel;
    this.mode = options.mode;
    this.hasHcr = options.hasHcr;
    this.hasSme = options.hasSme;
    this.hasEl3 = options.hasEl3;
    this.hostKernelEl = options.mode.hostKernelEl;
    this.isVhe = this.hostKernelEl === 2;
    this.hostHcr = hcrBits(options.mode.e2h, this.isVhe);
    this.guestHcr = hcrBits(options.mode.e2h, false);
    this.copies = block.int32(linuxCopies);
  }

  currentLow(pe: number): number {
    return this.copies[pe * PER_CPU_WORDS + CURRENT_LOW]!;
  }

  currentHigh(pe: number): number {
    return this.copies[pe * PER_CPU_WORDS + CURRENT_HIGH]!;
  }

  setCurrent(pe: number, low: number, high: number): void {
    this.copies[pe * PER_CPU_WORDS + CURRENT_LOW] = low;
    this.copies[pe * PER_CPU_WORDS + CURRENT_HIGH] = high;
  }

  defaultLow(pe: number): number {
    return this.copies[pe * PER_CPU_WORDS + DEFAULT_LOW]!;
  }

  defaultHigh(pe: number): number {
    return this.copies[pe * PER_CPU_WORDS + DEFAULT_HIGH]!;
  }

  setDefault(pe: number, low: number, high: number): void {
    this.copies[pe * PER_CPU_WORDS + DEFAULT_LOW] = low;
    this.copies[pe * PER_CPU_WORDS + DEFAULT_HIGH] = high;
  }
}

/** `write_sysreg_s`: MSR by name at the PE's current EL. A trap is recorded, and the write is lost, as on hardware. */
export function msr(host: KvmHost, pe: number, name: Name, low: number, high: number): void {
  const outcome = host.pes.write(pe, name, low, high);
  if (outcome !== DONE) recordTrap(host, pe, name, outcome, true);
}

/** `read_sysreg_s`: MRS by name; the value is in `pes.valueLo` and `pes.valueHi`. A trapped read gives 0. */
export function mrs(host: KvmHost, pe: number, name: Name): void {
  const outcome = host.pes.read(pe, name);
  if (outcome === DONE) return;
  host.pes.valueLo = 0;
  host.pes.valueHi = 0;
  recordTrap(host, pe, name, outcome, false);
}

/** How an access was answered that did not simply happen; argument 2 of a register-trap row. */
export const TrapAnswer = { none: 0, undefInjectedByHost: 1, undefInjectedByHyp: 2, undefinedByPe: 3 } as const;

/**
 * Append a register-trap row: what became of an access. Code = name; arguments 0 to 2: 1 for a write, AccessOutcome,
 * TrapAnswer. A guest's access is told even if it was done, as that is what the traps are to prevent.
 */
export function recordTrap(
  host: KvmHost,
  pe: number,
  name: Name,
  outcome: number,
  isWrite: boolean,
  answer: number = TrapAnswer.none,
): void {
  const el = host.pes.el(pe);
  const world = host.pes.world(pe);
  host.ring.append(EventKind.registerTrap, el, world, name, pe, isWrite ? 1 : 0, outcome, answer, 0, 0);
}

/** Put the PE where the host kernel runs (from EL0, from a guest or from hyp code). */
export function enterHostKernel(host: KvmHost, pe: number): void {
  host.pes.enterWithHcr(pe, host.hostKernelEl, HOST, host.hostHcr);
}

/** Put the PE into a host process at EL0. */
export function enterHostUser(host: KvmHost, pe: number): void {
  host.pes.enterWithHcr(pe, 0, HOST, host.hostHcr);
}

/** Put the PE into KVM's own EL2 code (nVHE, pKVM, hVHE: an HVC or a guest exit). */
export function enterHyp(host: KvmHost, pe: number): void {
  host.pes.enterWithHcr(pe, 2, HYP, host.guestHcr);
}

/** Put the PE into a guest at EL0 or EL1 (TGE=0). */
export function enterGuest(host: KvmHost, pe: number, el: number): void {
  host.pes.enterWithHcr(pe, el, GUEST, host.guestHcr);
}
