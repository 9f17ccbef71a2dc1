/**
 * The memory-system components of a machine: one for each cache with controls, one for each memory with controls or
 * monitors. A cache is RIS 0 of its MSC, together with its memory side; a memory has a RIS for each channel (A 3.10).
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
import type { CacheSpec } from './topology.ts';

/** What decides about a cache's MSC. */
type ControlledCache = Pick<CacheSpec, 'controls' | 'monitors' | 'msc' | 'memorySide'>;

const NO_MONITORS = { csu: undefined, mbwu: undefined } as const;

/**
 * The MSC of a cache, if it is one.
 * @param cache its index among the caches.
 * @param channel index of its memory side among the channels.
 */
export function cacheMsc(
  name: string,
  { controls, monitors = NO_MONITORS, msc = FRONT_DEFAULTS, memorySide }: ControlledCache,
  cache: number,
  channel: number | undefined,
): MscConfig | undefined {
  if (controls === undefined) return undefined;
  const resource = {
    ris: 0,
    cache,
    channel,
    cacheControls: controls,
    monitors,
    ...resourceParts(memorySide?.controls),
  };
  return { name, features: mscPart(controls), front: msc, resources: [resource] };
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

function mscPart(controls: CacheControlFeatures): MscFeatures {
  const { partidMax, pmgMax, hasEndis, hasNfu, intpartidMax, outOfRange, reset } = controls;
  return { partidMax, pmgMax, hasEndis, hasNfu, intpartidMax, outOfRange, reset };
}
