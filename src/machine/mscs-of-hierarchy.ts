/**
 * The memory-system components of a machine: one for each cache with controls, or for all caches of a level; and one for each
 * memory with controls or monitors. A resource (RIS, A 3.10) is a cache, together with its memory side, or a channel of memory.
 */
import type { BandwidthConfig } from '../memory/bandwidth-config.ts';
import type {
  CacheControlFeatures,
  MscConfig,
  MscFeatures,
  PriorityFeatures,
  ResourceConfig,
} from '../memory/msc-config.ts';
import { FRONT_DEFAULTS } from '../memory/msc-front/front-defaults.ts';
import type { BandwidthResourceFeatures, MemoryMscSpec } from './bandwidth-spec.ts';
import { type CacheSpec, cachesOf, type LevelSpec, type TopologySpec } from './topology.ts';

/** What decides about a cache's MSC. */
type ControlledCache = Pick<CacheSpec, 'controls' | 'monitors' | 'msc' | 'memorySide'>;

const NO_MONITORS = { csu: undefined, mbwu: undefined } as const;

/** Whether all MSCs of a machine are caches with controls and nothing else, which the caches say by themselves (mscsOf). */
export function hasPlainMscs({ levels, memory }: TopologySpec, peCount: number): boolean {
  const isPlain = ({ monitors, msc, memorySide }: CacheSpec): boolean =>
    monitors === undefined && msc === undefined && memorySide === undefined;
  const isPlainLevel = (level: LevelSpec): boolean =>
    !level.oneMsc && level.domains.slice(0, cachesOf(level, peCount)).every(isPlain);
  return memory.bandwidth?.msc === undefined && levels.every(isPlainLevel);
}

/** A cache that is a resource of an MSC. */
export interface CacheResource {
  /** Its index among the caches. */
  readonly cache: number;
  /** Index of its memory side among the channels. */
  readonly channel: number | undefined;
  readonly spec: ControlledCache;
}

/**
 * The MSC of one or more caches, if they have controls.
 * @param caches by RIS; what an MSC has for all of its resources is alike in them.
 */
export function cacheMsc(name: string, caches: readonly CacheResource[]): MscConfig | undefined {
  const { controls, msc = FRONT_DEFAULTS } = caches[0]!.spec;
  if (controls === undefined) return undefined;
  const resources = caches.map(
    (
      { cache, channel, spec: { controls: cacheControls, monitors = NO_MONITORS, memorySide } },
      ris,
    ): ResourceConfig => ({
      ...{ ris, cache, channel, cacheControls, monitors },
      ...resourceParts(memorySide?.controls),
    }),
  );
  return { name, features: mscPart(controls), front: msc, resources };
}

/**
 * The MSC of a memory.
 * @param channels indexes of its channels.
 */
export function memoryMsc(name: string, msc: MemoryMscSpec, channels: readonly number[]): MscConfig {
  const { features, controls, monitors, front } = msc;
  const resources = channels.map(
    (channel, ris): ResourceConfig => ({
      ...{ ris, cache: undefined, channel, cacheControls: undefined, monitors },
      ...resourceParts(controls),
    }),
  );
  return { name, features, front, resources };
}

/** Those of all memories. */
export function memoryMscs(msc: MemoryMscSpec | undefined, bandwidth: BandwidthConfig | undefined): MscConfig[] {
  if (msc === undefined || bandwidth === undefined) return [];
  return bandwidth.memories.map(({ name, channels }) => memoryMsc(name, msc, channels));
}

/** A resource without any control of a kind does not have that kind of partitioning (MPAMF_IDR.HAS_MBW_PART, HAS_PRI_PART). */
function resourceParts(
  features: BandwidthResourceFeatures | undefined,
): Pick<ResourceConfig, 'bandwidth' | 'priority'> {
  if (features === undefined) return { bandwidth: undefined, priority: undefined };
  const { intpriWd, intpri0IsLow, dspriWd, dspri0IsLow, ...bandwidth } = features;
  const priority: PriorityFeatures = { intpriWd, intpri0IsLow, dspriWd, dspri0IsLow };
  const { hasMin, hasMax, hasProp, bwpbmWd } = bandwidth;
  return {
    bandwidth: hasMin || hasMax || hasProp || bwpbmWd > 0 ? bandwidth : undefined,
    priority: intpriWd > 0 || dspriWd > 0 ? priority : undefined,
  };
}

/** What a cache's controls say of its MSC as a whole. */
export function mscPart(controls: CacheControlFeatures): MscFeatures {
  const { partidMax, pmgMax, hasEndis, hasNfu, intpartidMax, outOfRange, reset } = controls;
  return { partidMax, pmgMax, hasEndis, hasNfu, intpartidMax, outOfRange, reset };
}
