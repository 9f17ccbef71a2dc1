/**
 * A topology as a scenario or a preset says it: only what it cares about, in the units that people use. Drafts are laid
 * over each other (preset, common section, variant) before `topologyOf` fills in the defaults and checks the result.
 */
import type { CacheControlFeatures } from '../memory/msc-config.ts';
import type { FrontDraft, MemoryBandwidthDraft, MemorySideDraft, MonitorsDraft, Partly } from './bandwidth-draft.ts';
import { type CacheSpec, LEVEL_KEYS, type LevelKey, type LevelSpec, type MemorySpec } from './topology.ts';

export type ControlsDraft = Partly<CacheControlFeatures>;

export interface CacheDraft extends Partly<Omit<CacheSpec, 'controls' | 'monitors' | 'msc' | 'memorySide'>> {
  /** Bytes, instead of sets; rounded down to whole sets. */
  readonly size?: number | undefined;
  readonly controls?: ControlsDraft | 'none' | undefined;
  readonly monitors?: MonitorsDraft | 'none' | undefined;
  readonly msc?: FrontDraft | undefined;
  readonly memorySide?: MemorySideDraft | 'none' | undefined;
}

export interface LevelDraft extends CacheDraft {
  readonly pes?: LevelSpec['pes'] | undefined;
  readonly oneMsc?: boolean | undefined;
  /** What the caches of the level differ in, in turn; each is laid over the level. */
  readonly domains?: readonly CacheDraft[] | undefined;
}

export interface MemoryDraft extends Partly<Pick<MemorySpec, 'placement' | 'writeBackBilledTo'>>, MemoryBandwidthDraft {
  /** ns */
  readonly latency?: number | undefined;
  /** Bytes. */
  readonly pageSize?: number | undefined;
  /** Bytes. */
  readonly recorded?: number | undefined;
}

export interface TopologyDraft extends Readonly<Partial<Record<LevelKey, LevelDraft | 'none' | undefined>>> {
  /** The preset that this is laid over. */
  readonly preset?: string | undefined;
  readonly frequencyMhz?: number | undefined;
  readonly lineBytes?: number | undefined;
  readonly memory?: MemoryDraft | undefined;
  /** ns */
  readonly quantum?: number | undefined;
  /** ns */
  readonly sampleInterval?: number | undefined;
}

/** `over` wherever it says something, else `base`. Levels and memory, and what they hold, are merged member by member. */
export function layTopology(base: TopologyDraft, over: TopologyDraft): TopologyDraft {
  const levels = LEVEL_KEYS.map((key) => [key, layLevel(base[key], over[key])] as const);
  return {
    ...base,
    ...known(over),
    ...known(Object.fromEntries(levels)),
    memory: layMembers(base.memory, over.memory),
  };
}

function layLevel(
  base: LevelDraft | 'none' | undefined,
  over: LevelDraft | 'none' | undefined,
): LevelDraft | 'none' | undefined {
  if (over === undefined) return base;
  if (over === 'none' || base === undefined || base === 'none') return over;
  const laid = layCache(base, over);
  if (over.domains !== undefined || base.domains === undefined) return laid;
  // What is said of the level is meant for all of its caches.
  const { pes: _pes, oneMsc: _oneMsc, domains: _domains, ...cache } = over;
  return { ...laid, domains: base.domains.map((domain) => layCache<CacheDraft>(domain, cache)) };
}

/** The same for one cache. A size given above takes the place of sets given below, and the other way round. */
export function layCache<T extends CacheDraft>(base: T, over: T): T {
  const { size, sets, ...rest } = base;
  const capacity = over.size === undefined && over.sets === undefined ? { size, sets } : {};
  const below = { ...(rest as T), ...capacity };
  return layMembers<T>(below, over);
}

/** Members that are mappings on both sides are laid over each other in turn; any other of `over` takes the place of that below. */
function layMembers<T extends object>(base: T | undefined, over: T | undefined): T {
  const laid: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(known(over ?? {}))) {
    const below = laid[key];
    laid[key] = isMapping(below) && isMapping(value) ? layMembers(below, value) : value;
  }
  return laid as T;
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without what is undefined, which would hide what lies below. */
export function known<T extends object>(values: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Key in keyof T]?: Exclude<T[Key], undefined> };
}
