/** The occupancy of each cache at a moment, in words: which tenant holds how many lines, under which label. */
import { labelHasError, labelPartid, labelPmg, labelSpace } from '../arch/label.ts';
import type { OccupancyAt } from './cache-occupancy.ts';
import { PARTID_SPACE_NAMES } from './msc-states.ts';
import type { CacheRow, RunHeader } from './run-header.ts';

/** Lines of one owner. */
export interface CacheHolder {
  /** null: nobody's. */
  readonly tenant: string | null;
  readonly partidSpace: string;
  readonly partid: number;
  readonly pmg: number;
  /** The PARTID could not be used as it stood. */
  readonly error: boolean;
  readonly lines: number;
  readonly bytes: number;
}

/** A cache at a moment. */
export interface CacheSnapshot {
  readonly machine: string;
  readonly cache: string;
  readonly level: string;
  /** Name of the next outer cache, null: memory. */
  readonly outerCache: string | null;
  /** Lines that it has room for. */
  readonly capacityLines: number;
  /** The machine's last sample at or before the moment, as of which this is; null: it was never sampled by then. */
  readonly sampledNs: number | null;
  /** Who holds lines, those with the most first. */
  readonly holders: readonly CacheHolder[];
}

/**
 * All caches of a run, in order of their machines and numbers.
 * @param occupancy of one moment, from `RunReader.occupancyAt`.
 */
export function cacheStates(header: RunHeader, occupancy: readonly OccupancyAt[]): CacheSnapshot[] {
  return header.caches.map((cache) => {
    const ofMachine = occupancy.filter(({ machine }) => machine === cache.machine);
    const own = ofMachine.filter((row) => row.cache === cache.id && row.lines > 0);
    return {
      machine: header.machines[cache.machine]!.name,
      cache: cache.name,
      level: cache.level,
      outerCache:
        header.caches.find((outer) => outer.machine === cache.machine && outer.id === cache.outerCache)?.name ?? null,
      capacityLines: cache.sets * cache.ways,
      sampledNs: ofMachine.reduce<number | null>((last, { timeNs }) => Math.max(last ?? 0, timeNs), null),
      holders: own.sort((a, b) => b.lines - a.lines || a.owner - b.owner).map((row) => holderOf(header, cache, row)),
    };
  });
}

function holderOf(header: RunHeader, { lineBytes }: CacheRow, { label, tenant, lines }: OccupancyAt): CacheHolder {
  return {
    tenant: tenant === null ? null : (header.tenants[tenant]?.name ?? `tenant ${tenant}`),
    partidSpace: PARTID_SPACE_NAMES[labelSpace(label)],
    partid: labelPartid(label),
    pmg: labelPmg(label),
    error: labelHasError(label),
    lines,
    bytes: lines * lineBytes,
  };
}
