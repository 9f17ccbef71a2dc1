/**
 * The event row: 32 bytes, eight 32-bit words, one shape for every kind of event.
 *
 * Rows beat one array per column because an event is written once, whole, and two rows fill a cache line.
 * The upper half of the time is not in the row: a batch never spans a multiple of 2^32 ns (4.29 s), and carries it
 * once. A row's `seq` is its position: the batch's first seq plus its index.
 *
 * | word | register change   | schedule            | command, run, trap      |
 * |------|-------------------|---------------------|-------------------------|
 * | 0    | time_ns, low 32   | time_ns, low 32     | time_ns, low 32         |
 * | 1    | meta (below)      | meta                | meta                    |
 * | 2    | seq - cause_seq   | seq - cause_seq     | seq - cause_seq         |
 * | 3    | selector          | thread (below)      | argument 0              |
 * | 4    | old, low          | argument (below)    | argument 1              |
 * | 5    | old, high         | lasted_ns, low 32   | argument 2              |
 * | 6    | new, low          | data label left     | argument 3              |
 * | 7    | new, high         | instruction label   | argument 4              |
 *
 * An MSC register change has words 0 to 2 like the others, then: 3 selector (`packMscSelector`), 4 the n of a register with
 * several words (MPAMCFG_CPBM<n>; of 64-bit registers 0 is the lower half, 1 the upper) and else 0, 5 old value, 6 new value,
 * 7 zero. Its world and EL are 0: an MSC has none. So do the other events of an MSC; their selector is in word 3, too:
 *
 * | word | monitor event           | MSC error (ESR)         | interrupt               |
 * |------|-------------------------|-------------------------|-------------------------|
 * | code | MonitorEventCode        | error code, 1 to 11     | InterruptCode           |
 * | 3    | instance, space, RIS    | PARTID or instance, ... | space                   |
 * | 4    | MonitorKind             | PMG                     | InterruptLevel          |
 * | 5    | value, low 32           | 1 if it overwrote one   | MSI address, low 32     |
 * | 6    | value, high 32, NRDY 31 | 0                       | MSI address, high 32    |
 * | 7    | capture event, 0 none   | 0                       | MSI data                |
 *
 * A cause distance of 0 means "no cause". Meta, from bit 0: kind 5, EL 2, world 3, code 10, unit 12. The code is the
 * register (register change, trap, MSC register change), the schedule kind, or the command; the unit is the PE, or the MSC.
 *
 * A context may last for hours, which 32 bits do not hold: bits 39:32 of a schedule row's lasted_ns are in bits 31:24 of
 * word 3, and bits 47:40 in those of word 4. The thread and the argument have the lower 24 bits, all ones for "none".
 */
export const ROW_WORDS = 8;
export const ROW_BYTES = 32;

export const WORD_TIME_LOW = 0;
export const WORD_META = 1;
export const WORD_CAUSE = 2;
export const WORD_SUBJECT = 3;
export const WORD_ARG1 = 4;
export const WORD_ARG2 = 5;
export const WORD_ARG3 = 6;
export const WORD_ARG4 = 7;

/** What a row tells. 0 is never written, so that a zeroed row is recognised as no event. */
export const EventKind = {
  run: 1,
  command: 2,
  schedule: 3,
  registerChange: 4,
  registerTrap: 5,
  mscRegisterChange: 6,
  monitor: 7,
  mscError: 8,
  interrupt: 9,
} as const;
export type EventKind = (typeof EventKind)[keyof typeof EventKind];

/** What happened to a monitor (code of EventKind.monitor). */
export const MonitorEventCode = {
  /** Its value was copied to the capture register. */
  capture: 1,
  /** Its value exceeded its width. */
  overflow: 2,
  /** NRDY was set by hardware, and cleared by hardware. */
  notReady: 3,
  ready: 4,
} as const;
export type MonitorEventCode = (typeof MonitorEventCode)[keyof typeof MonitorEventCode];

/** Which value of which type of monitor. */
export const MonitorKind = { csu: 0, mbwu: 1, mbwuLong: 2 } as const;
export type MonitorKind = (typeof MonitorKind)[keyof typeof MonitorKind];

/** Why an MSC interrupts, and how (code of EventKind.interrupt). */
export const InterruptCode = { errorWired: 1, errorMsi: 2, overflowWired: 3, overflowMsi: 4 } as const;
export type InterruptCode = (typeof InterruptCode)[keyof typeof InterruptCode];

/** A level-sensitive wire goes down or up; an edge or a message comes once. */
export const InterruptLevel = { low: 0, high: 1, edge: 2 } as const;
export type InterruptLevel = (typeof InterruptLevel)[keyof typeof InterruptLevel];

/** Where a PE is when something happens (K 1.4). `hyp` is KVM's own EL2 code under nVHE, pKVM and hVHE. */
export const World = { host: 0, guest: 1, hyp: 2, firmware: 3 } as const;
export type World = (typeof World)[keyof typeof World];

export const EL_MAX = 0x3;
export const WORLD_MAX = 0x7;
export const CODE_MAX = 0x3ff;
export const UNIT_MAX = 0xfff;

/**
 * Where the fields of the meta word begin; the kind is in its lowest bits. Not exported by these names, as V8 folds into
 * optimised code only what is not, and `packMeta` runs per row.
 */
const EL_BIT = 5;
const WORLD_BIT = 7;
const CODE_BIT = 10;
const UNIT_BIT = 20;

export const EL_SHIFT = EL_BIT;
export const WORLD_SHIFT = WORLD_BIT;
export const CODE_SHIFT = CODE_BIT;
export const UNIT_SHIFT = UNIT_BIT;

/** Pack the meta word. Ranges are the caller's duty (this runs per row); see CODE_MAX and UNIT_MAX. */
export function packMeta(kind: number, el: number, world: number, code: number, unit: number): number {
  return kind | (el << EL_BIT) | (world << WORLD_BIT) | (code << CODE_BIT) | (unit << UNIT_BIT);
}

export const metaKind = (meta: number): number => meta & 0x1f;
export const metaEl = (meta: number): number => (meta >>> EL_BIT) & EL_MAX;
export const metaWorld = (meta: number): number => (meta >>> WORLD_BIT) & WORLD_MAX;
export const metaCode = (meta: number): number => (meta >>> CODE_BIT) & CODE_MAX;
export const metaUnit = (meta: number): number => meta >>> UNIT_BIT;

/** Thread or argument of a schedule row that has none. */
export const INDEX_NONE = 0xffffff;
/** The longest duration that a schedule row holds: 78 hours. */
export const LASTED_NS_MAX = 2 ** 48 - 1;

/** Word 3 of a schedule row. `lastedHigh` is the duration's bits 47:32; a thread of -1 is none. */
export const packThread = (thread: number, lastedHigh: number): number => (thread & 0xffffff) | (lastedHigh << 24);

/** Word 4 of a schedule row. */
export const packArgument = (argument: number, lastedHigh: number): number =>
  (argument & 0xffffff) | ((lastedHigh >>> 8) << 24);

/** A schedule row's duration in ns from its words 3, 4 and 5. */
export const unpackLasted = (word3: number, word4: number, word5: number): number =>
  ((word4 >>> 24) * 256 + (word3 >>> 24)) * 2 ** 32 + (word5 >>> 0);

/** A thread or an argument from words 3 or 4 of a schedule row; -1 for none. */
export const unpackIndex = (word: number): number => ((word & 0xffffff) === 0xffffff ? -1 : word & 0xffffff);

/** Which copy of an MSC register a row is about: what PART_SEL or MON_SEL selects (A 2.4, 2.5), and the page's PARTID space. */
export interface MscSelector {
  /** PARTID; for registers of monitors the instance. */
  readonly partid: number;
  /** PARTID space, 0 to 3 (arch/label.ts). */
  readonly space: number;
  /** Resource instance, 0 to 15. */
  readonly ris: number;
  /** The PARTID is an internal one, of an MSC that narrows PARTIDs. */
  readonly internal: boolean;
}

/** Word 3 of an MSC register change: PARTID 15:0, PARTID space 17:16, RIS 21:18, INTERNAL 22. Ranges are the caller's duty. */
export const packMscSelector = ({ partid, space, ris, internal }: MscSelector): number =>
  partid | (space << 16) | (ris << 18) | (internal ? 1 << 22 : 0);

/** The selector from word 3 of an MSC register change. */
export const unpackMscSelector = (word: number): MscSelector => ({
  partid: word & 0xffff,
  space: (word >>> 16) & 3,
  ris: (word >>> 18) & 0xf,
  internal: (word & (1 << 22)) !== 0,
});

/** Time in ns from its halves: the batch's `timeHigh`, and a row's word 0 as it stands (signed). */
export const joinTime = (high: number, low: number): number => high * 2 ** 32 + (low >>> 0);

/** Upper half of a time in ns, 0 to 2^53 - 1: what a batch carries for all its rows. */
export const timeHighOf = (ns: number): number => Math.floor(ns / 2 ** 32);
