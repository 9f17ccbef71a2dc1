/**
 * The bandwidth of memory, with all choices made: channels, how they are interleaved, and how their use is accounted
 * (A 3.6; docs/bandwidth.md says what each figure does).
 */

/** How bandwidth use is tracked for MIN and MAX (A 3.6, "Accounting window"; docs/bandwidth.md). */
export const ACCOUNTING_WINDOWS = ['fixed', 'moving', 'decaying'] as const;
export type AccountingWindow = (typeof ACCOUNTING_WINDOWS)[number];

/** Lines that fit into the longest moving window: a channel remembers them one by one. */
export const MOVING_WINDOW_LINES_MAX = 2 ** 20 - 2;

/**
 * A bandwidth resource: what serves lines one after the other. Either a memory channel, or the memory side of a cache with
 * bandwidth control, through which its requests pass on their way to memory (docs/bandwidth.md).
 */
export interface ChannelConfig {
  /** Unique in the machine: `mem-0.0` is channel 0 of memory 0; else the cache's name. */
  readonly name: string;
  /** Time of one line, in 1/65536 ps, 1 to 2^47: lineBytes / bandwidth. */
  readonly lineTime: number;
  /** Added when the direction changes between reads and writes, ps; 0: none. */
  readonly turnaroundPs: number;
  /** How use is tracked for MIN and MAX. */
  readonly window: AccountingWindow;
  /** A partition that was passed over for so long is served next, ps; 0: never (A 3.6, "Deviations"). */
  readonly starvationPs: number;
  /** Length of a time slot of MBW_PBM, ps. */
  readonly portionPs: number;
  /** Most credit that an idle partition keeps under MBW_PROP, in strides of 1 (A 3.6, offset_limit). */
  readonly offsetLimit: number;
}

/** Where the requests of an outermost cache go. */
export interface MemoryConfig {
  /** `mem-0`, or one per domain. */
  readonly name: string;
  /** Indexes of its channels: line n is served by channel (n / interleaveLines) mod their number. */
  readonly channels: readonly number[];
  /** A power of two. */
  readonly interleaveLines: number;
}

/** How bandwidth is modelled: `exact` serves every request in order; `closed-form` charges waits from measured load. */
export const BANDWIDTH_MODES = ['exact', 'closed-form'] as const;
export type BandwidthMode = (typeof BANDWIDTH_MODES)[number];

export interface BandwidthConfig {
  readonly mode: BandwidthMode;
  /** Closed form: how often load is measured and waits are set, ps. */
  readonly closedFormIntervalPs: number;
  /** Lines written back that a PE may have under way before it waits. */
  readonly writeBufferLines: number;
  /** Caches' memory sides first, then memory channels: a request meets them in rising order. */
  readonly channels: readonly ChannelConfig[];
  readonly memories: readonly MemoryConfig[];
  /** By cache: index of its memory in `memories`; undefined for caches that are not outermost. */
  readonly memoryOfCache: readonly (number | undefined)[];
  /** By cache: index of the channel at its memory side, if it controls bandwidth. */
  readonly channelOfCache: readonly (number | undefined)[];
}
