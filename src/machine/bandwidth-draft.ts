/** Bandwidth, monitors and MSC features as a scenario or a preset says them: only what it cares about, times in ns. */
import type { AccountingWindow, BandwidthMode } from '../memory/bandwidth-config.ts';
import type {
  BandwidthControlFeatures,
  CsuFeatures,
  MbwuFeatures,
  MscFeatures,
  MscFrontFeatures,
  PriorityFeatures,
  TranslationFeatures,
} from '../memory/msc-config.ts';
import type { MemorySharing } from './bandwidth-spec.ts';

/** Every member may be left out. */
export type Partly<T> = { readonly [Key in keyof T]?: T[Key] | undefined };

/** Storage used stays below what a register can hold, so there is nothing to say about overflow (A 4.3). */
type Overflow = 'hasOfsr' | 'hasOflowLnkg' | 'hasOflowCapt' | 'hasCevntOflw';

export interface CsuDraft extends Partly<Omit<CsuFeatures, 'isReadOnly' | Overflow>> {
  readonly readOnly?: boolean | undefined;
}

export interface MonitorsDraft {
  readonly csu?: CsuDraft | 'none' | undefined;
  readonly mbwu?: Partly<MbwuFeatures> | 'none' | undefined;
}

export interface FrontDraft extends Partly<Omit<MscFrontFeatures, 'nrdyNs' | 'ingress' | 'egress'>> {
  /** ns */
  readonly nrdy?: number | undefined;
  readonly ingress?: Partly<TranslationFeatures> | undefined;
  readonly egress?: Partly<TranslationFeatures> | undefined;
}

export interface BandwidthControlsDraft extends Partly<Omit<BandwidthControlFeatures, 'winwd'> & PriorityFeatures> {
  /** ns */
  readonly windowLength?: number | undefined;
}

export interface MemoryControlsDraft extends BandwidthControlsDraft, Partly<MscFeatures> {}

interface RegulationDraft {
  /** ns */
  readonly turnaround?: number | undefined;
  readonly window?: AccountingWindow | undefined;
  /** ns; 0: off. */
  readonly starvationLimit?: number | undefined;
  /** ns */
  readonly portionTime?: number | undefined;
  readonly offsetLimit?: number | undefined;
}

export interface MemorySideDraft extends RegulationDraft {
  /** Bytes per second. */
  readonly bandwidth?: number | undefined;
  readonly controls?: BandwidthControlsDraft | 'none' | undefined;
}

export interface MemoryBandwidthDraft extends RegulationDraft {
  /** Bytes per second; none: unlimited, whatever lies below. */
  readonly bandwidth?: number | 'none' | undefined;
  readonly channels?: number | undefined;
  /** Bytes. */
  readonly interleave?: number | undefined;
  readonly per?: MemorySharing | undefined;
  readonly mode?: BandwidthMode | undefined;
  /** ns */
  readonly closedFormInterval?: number | undefined;
  /** Lines. */
  readonly writeBuffer?: number | undefined;
  readonly controls?: MemoryControlsDraft | 'none' | undefined;
  readonly monitors?: MonitorsDraft | 'none' | undefined;
  readonly msc?: FrontDraft | undefined;
}
