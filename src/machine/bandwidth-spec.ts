/**
 * Memory bandwidth, monitors and MSC features of a topology with all choices made (docs/bandwidth.md, A 2.3, 3.6, 3.7, 4).
 * What the hierarchy's plain numbers are made of is in bandwidth-of-hierarchy.ts and mscs-of-hierarchy.ts.
 */
import type { AccountingWindow, BandwidthMode } from '../memory/bandwidth-config.ts';
import type {
  BandwidthControlFeatures,
  MonitorFeatures,
  MscFeatures,
  MscFrontFeatures,
  PriorityFeatures,
} from '../memory/msc-config.ts';

/** How channels account and share what they serve. */
export interface RegulationSpec {
  /** Added when reads follow writes or writes reads, ns; 0: nothing. */
  readonly turnaroundNs: number;
  readonly window: AccountingWindow;
  /** A partition that waits for so long is served next, ns; 0: never. */
  readonly starvationNs: number;
  /** Length of a time slot of MBW_PBM, ns; undefined: PORTION_LINES lines. */
  readonly portionNs: number | undefined;
  /** Most credit that an idle partition keeps under MBW_PROP, in strides of 1. */
  readonly offsetLimit: number;
}

/** What a bandwidth resource implements of MPAM. */
export interface BandwidthResourceFeatures extends BandwidthControlFeatures, PriorityFeatures {}

/** The memory side of a cache whose MSC controls bandwidth. */
export interface MemorySideSpec extends RegulationSpec {
  /** undefined: as much as its memory has. */
  readonly bytesPerSecond: number | undefined;
  /** undefined: a channel that nothing regulates. */
  readonly controls: BandwidthResourceFeatures | undefined;
}

export const MEMORY_SHARING = ['machine', 'domain'] as const;
/** What has a memory of its own: the machine, or each domain of PEs behind one outermost cache. */
export type MemorySharing = (typeof MEMORY_SHARING)[number];

/** The MSC of a memory: one resource for each channel. */
export interface MemoryMscSpec {
  readonly features: MscFeatures;
  /** undefined: monitors only. */
  readonly controls: BandwidthResourceFeatures | undefined;
  /** Of each channel. */
  readonly monitors: MonitorFeatures;
  readonly front: MscFrontFeatures;
}

/** The bandwidth of each memory. */
export interface MemoryBandwidthSpec extends RegulationSpec {
  /** Of all channels together; an integer. */
  readonly bytesPerSecond: number;
  readonly channels: number;
  /** Bytes in a row that one channel serves: a power of two. */
  readonly interleaveBytes: number;
  readonly per: MemorySharing;
  readonly mode: BandwidthMode;
  readonly closedFormIntervalNs: number;
  /** Lines written back that a PE may have under way. */
  readonly writeBufferLines: number;
  /** undefined: neither controls nor monitors. */
  readonly msc: MemoryMscSpec | undefined;
}

/** Lines that a time slot of MBW_PBM has room for, unless the topology says otherwise. */
export const PORTION_LINES = 16;
/** Channels count the time of a line in 1/65536 ps (ChannelConfig.lineTime). */
export const LINE_TIME_UNITS_PER_PS = 65_536;

/**
 * Time of one line, in 1/65536 ps, rounded to the nearest.
 * @param bytesPerSecond of one channel.
 */
export function lineTimeOf(lineBytes: number, bytesPerSecond: number): number {
  return Math.round((lineBytes / bytesPerSecond) * 1e12 * LINE_TIME_UNITS_PER_PS);
}
