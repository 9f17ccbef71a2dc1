/** The `topology` of a machine: a preset, a preset with changes, or caches written out. */
import { z } from 'zod';
import { PRESET_NAMES } from '../machine/presets.ts';
import { PLACEMENTS, TOPOLOGY_LIMITS } from '../machine/topology.ts';
import type { ControlsDraft, LevelDraft, MemoryDraft, TopologyDraft } from '../machine/topology-draft.ts';
import { LEVEL_DEFAULTS, TOPOLOGY_DEFAULTS } from '../machine/topology-of.ts';
import { INCLUSIONS, REPLACEMENT_POLICIES, WRITE_POLICIES } from '../memory/hierarchy-config.ts';
import { PORTION_KINDS } from '../memory/msc-config.ts';
import { memoryBandwidthShape, memorySideSchema, mscFeaturesShape } from './bandwidth-schema.ts';
import { formatSize, memorySize } from './memory-size.ts';
import { frontSchema, monitorsOfCacheSchema } from './msc-schema.ts';
import { duration, formatDuration, integer } from './quantities.ts';
import { choice, flag, within } from './schema-parts.ts';
import type { SnakeCase } from './snake-case.ts';

const PES_PER_CACHE_MAX = 4096;
const CACHE_SIZE_MAX = 2 ** 40;

const D = TOPOLOGY_DEFAULTS;

const controlsShape = {
  ...mscFeaturesShape,
  cpbm_wd: within(
    'CPBM_WD: number of portions; 0: no portion partitioning. Default: one portion for each way.',
    TOPOLOGY_LIMITS.cpbmWd,
  ),
  portion_kind: choice(
    'What a portion is. Default: ways if there are as many of them, else way-groups.',
    PORTION_KINDS,
  ),
  cmax_wd: within('CMAX_WD: width of CMAX and CMIN; 0: neither.', TOPOLOGY_LIMITS.fractionWd).meta({ default: 0 }),
  has_cmax: flag('MPAMCFG_CMAX. Default: where cmax_wd is above 0.'),
  has_softlim: flag('MPAMCFG_CMAX.SOFTLIM.', false),
  has_cmin: flag('MPAMCFG_CMIN.', false),
  cassoc_wd: within('CASSOC_WD; 0: no CASSOC.', TOPOLOGY_LIMITS.fractionWd).meta({ default: 0 }),
  victim_preference: choice(
    'Which candidates go first: lines of the lowest priority of the ladder (those of disabled PARTIDs, then those above their maximum), or only invalid ways.',
    ['ladder', 'invalid'],
    'ladder',
  ),
} satisfies Record<SnakeCase<keyof ControlsDraft & string>, z.ZodType>;

const controlsSchema = z
  .union([z.literal('none'), z.strictObject(controlsShape)], 'none or a mapping')
  .optional()
  .meta({
    id: 'controls',
    description: 'MPAM controls; the cache is then an MSC. Default: portions at L3 and SLC, none inside them.',
  });

const cacheShape = {
  size: memorySize('Capacity; rounded down to whole sets.', 1, CACHE_SIZE_MAX).optional(),
  sets: within('Number of sets, instead of the size; any number.', TOPOLOGY_LIMITS.sets),
  ways: within('Number of ways; any number.', TOPOLOGY_LIMITS.ways),
  policy: choice('Replacement policy.', REPLACEMENT_POLICIES, 'lru'),
  write_policy: choice(
    'write-through does not allocate on store misses, write-through-allocate does; ignored treats stores as loads.',
    WRITE_POLICIES,
    'write-back',
  ),
  latency_cycles: within('From the request to the use of the data, in PE cycles.', TOPOLOGY_LIMITS.latencyCycles),
  write_hit_owner: choice(
    'Whose a line is after a store hit it; writer: in a write-back cache only.',
    ['allocator', 'writer'],
    'allocator',
  ),
  flows: flag('Keep who evicted whom. Default: at L3 and SLC.'),
  miss_classes: flag('Tell cold misses, own evictions and interference apart. Default: at L3 and SLC.'),
  controls: controlsSchema,
  monitors: monitorsOfCacheSchema,
  msc: frontSchema,
  memory_side: memorySideSchema,
};

/** Caches with others inside them. */
const outerCacheShape = {
  ...cacheShape,
  inclusion: choice('How the cache relates to the caches inside it.', INCLUSIONS, 'non-inclusive'),
};

const outerLevelShape = {
  ...outerCacheShape,
  pes: z
    .union([z.literal('all'), integer('', 1, PES_PER_CACHE_MAX)], `all or an integer from 1 to ${PES_PER_CACHE_MAX}`)
    .optional()
    .meta({ description: 'How many neighbouring PEs share one cache.' }),
  one_msc: flag('All caches of the level are resources (RIS 0, 1, ...) of one MSC, instead of an MSC each.', false),
  domains: z
    .array(z.strictObject(outerCacheShape))
    .min(TOPOLOGY_LIMITS.domains.min)
    .max(TOPOLOGY_LIMITS.domains.max)
    .optional()
    .meta({ description: 'What the caches of the level differ in, in turn; each is laid over the level.' }),
} satisfies Record<SnakeCase<keyof LevelDraft & string>, z.ZodType>;

function level<T extends z.ZodRawShape>(shape: T, key: keyof typeof LEVEL_DEFAULTS, what: string) {
  const { ways, latencyCycles, pes } = LEVEL_DEFAULTS[key];
  const shared = pes === 'all' ? 'one for all PEs' : 'one for each PE';
  return z
    .union([z.literal('none'), z.strictObject(shape)], 'none or a mapping')
    .optional()
    .meta({
      description: `${what}. Default: ${shared}, ${ways} ways, ${latencyCycles} cycles; absent: there is none.`,
    });
}

const memorySchema = z
  .strictObject({
    latency: duration(
      'Latency of an access that memory serves.',
      TOPOLOGY_LIMITS.memoryLatencyNs.min,
      TOPOLOGY_LIMITS.memoryLatencyNs.max,
    )
      .optional()
      .meta({ default: formatDuration(D.memoryLatencyNs) }),
    page_size: memorySize('Size of a page, a power of two.', TOPOLOGY_LIMITS.pageSize.min, TOPOLOGY_LIMITS.pageSize.max)
      .optional()
      .meta({ default: formatSize(D.pageBytes) }),
    placement: choice(
      'Physical pages in the order of first touch: side by side, or scattered.',
      PLACEMENTS,
      D.placement,
    ),
    recorded: memorySize(
      'Physical memory for what each vCPU that executes a recorded memory trace touches.',
      TOPOLOGY_LIMITS.recorded.min,
      TOPOLOGY_LIMITS.recorded.max,
    )
      .optional()
      .meta({ default: formatSize(D.recordedBytes) }),
    write_back_billed_to: choice(
      'Who is billed for a line written back to memory: its owner, or whoever forced it out.',
      ['owner', 'evictor'],
      D.writeBackBilledTo,
    ),
    ...memoryBandwidthShape,
  } satisfies Record<SnakeCase<keyof MemoryDraft & string>, z.ZodType>)
  .optional();

const topologyShape = {
  preset: z
    .enum(PRESET_NAMES)
    .optional()
    .meta({ description: 'A machine like a real one; what follows is laid over it.' }),
  frequency_mhz: within('Clock of the PEs, MHz.', TOPOLOGY_LIMITS.frequencyMhz).meta({ default: D.frequencyMhz }),
  line_bytes: within('Bytes of a line in all caches, a power of two.', TOPOLOGY_LIMITS.lineBytes).meta({
    default: D.lineBytes,
  }),
  l1i: level(cacheShape, 'l1i', 'Instruction cache'),
  l1d: level(cacheShape, 'l1d', 'Data cache'),
  l2: level(outerLevelShape, 'l2', 'Unified cache of a PE or of a cluster'),
  l3: level(outerLevelShape, 'l3', 'Cache of a domain of PEs'),
  slc: level(outerLevelShape, 'slc', 'System-level cache'),
  memory: memorySchema,
  quantum: duration(
    'How far PEs run ahead of each other.',
    TOPOLOGY_LIMITS.quantumNs.min,
    TOPOLOGY_LIMITS.quantumNs.max,
  )
    .optional()
    .meta({ default: formatDuration(D.quantumNs) }),
  sample_interval: duration(
    'How often counters are sampled.',
    TOPOLOGY_LIMITS.sampleIntervalNs.min,
    TOPOLOGY_LIMITS.sampleIntervalNs.max,
  )
    .optional()
    .meta({ default: formatDuration(D.sampleIntervalNs) }),
} satisfies Record<SnakeCase<keyof TopologyDraft & string>, z.ZodType>;

export const topologySchema = z
  .union(
    [z.enum(['none', ...PRESET_NAMES]), z.strictObject(topologyShape)],
    `one of none, ${PRESET_NAMES.join(', ')}, or a mapping`,
  )
  .optional()
  .meta({
    id: 'topology',
    description:
      'Caches and memory: a preset by name, or written out. Absent or none: no caches, and nothing executes. A variant that names no preset is laid over the topology of machine.',
  });

export type TopologyInput = z.output<typeof topologySchema>;
