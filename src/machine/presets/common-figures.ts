/**
 * What the sheet leaves open for most of the machines: private caches, latencies, clocks. All of it is assumed here, as a
 * server core of about 2023 would have it; a scenario that depends on one of these should set it.
 */
import { assumedHere, type Figure } from '../provenance.ts';
import type { BandwidthFigures, MarkedCache, MarkedLevel, MarkedTopology, MonitorFigures } from './preset.ts';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** L1I and L1D of equal size, and an L2 for each PE. */
export function privateCaches(
  l1Size: Figure<number>,
  l2Size: Figure<number>,
): Required<Pick<MarkedTopology, 'l1i' | 'l1d' | 'l2'>> {
  const l1: MarkedLevel = { size: l1Size, ways: assumedHere(4), latencyCycles: assumedHere(4), pes: assumedHere(1) };
  const l2 = { size: l2Size, ways: assumedHere(8), latencyCycles: assumedHere(13), pes: assumedHere(1) };
  return { l1i: l1, l1d: l1, l2 };
}

/** Clock, line and memory latency. */
export function clockAndMemory(
  frequencyMhz: number,
  latencyNs: number,
): Pick<MarkedTopology, 'frequencyMhz' | 'lineBytes' | 'memory'> {
  return {
    frequencyMhz: assumedHere(frequencyMhz),
    lineBytes: assumedHere(64),
    memory: { latency: assumedHere(latencyNs), pageSize: assumedHere(4 * KIB) },
  };
}

/** PARTID disable as in v1.1, and no narrowing at the cache. */
export const ENABLE_CONTROLS: NonNullable<MarkedCache['controls']> = {
  hasEndis: assumedHere(true),
  hasNfu: assumedHere(false),
};

/** A cache without CMAX, CMIN and CASSOC, by whoever says so. */
export function noCapacityControls(says: <T>(value: T) => Figure<T>): NonNullable<MarkedCache['controls']> {
  return {
    cmaxWd: says(0),
    hasCmax: says(false),
    hasSoftlim: says(false),
    hasCmin: says(false),
    cassocWd: says(0),
  };
}

/** Bandwidth controls that the sheet does not list for a machine. */
export const NO_OTHER_BANDWIDTH_CONTROLS: Pick<BandwidthFigures, 'bwpbmWd' | 'hasProp' | 'hasPri'> = {
  bwpbmWd: assumedHere(0),
  hasProp: assumedHere(false),
  hasPri: assumedHere(false),
};

/** Features of monitors that the sheet does not list for a machine. */
export const PLAIN_MONITORS: Omit<MonitorFigures, 'csu' | 'mbwu' | 'mbwuBits'> = {
  csuHasCapture: assumedHere(false),
  csuHasXcl: assumedHere(false),
  mbwuUnitBytes: assumedHere(1),
  mbwuHasRwbw: assumedHere(false),
  mbwuHasOverflow: assumedHere(false),
  mbwuHasCapture: assumedHere(false),
};
