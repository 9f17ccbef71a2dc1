/** The bandwidth of memory, and bandwidth controls there and at the memory side of a cache (docs/bandwidth.md). */
import { z } from 'zod';
import { PARTID_LIMIT, PMG_LIMIT } from '../arch/label.ts';
import type {
  BandwidthControlsDraft,
  MemoryBandwidthDraft,
  MemoryControlsDraft,
  MemorySideDraft,
} from '../machine/bandwidth-draft.ts';
import { BANDWIDTH_DEFAULTS } from '../machine/bandwidth-of.ts';
import { MEMORY_SHARING } from '../machine/bandwidth-spec.ts';
import { TOPOLOGY_LIMITS } from '../machine/topology.ts';
import { ACCOUNTING_WINDOWS, BANDWIDTH_MODES } from '../memory/bandwidth-config.ts';
import { bandwidth } from './bandwidth-quantity.ts';
import { formatSize, memorySize } from './memory-size.ts';
import { frontSchema, monitorsOfMemorySchema } from './msc-schema.ts';
import { duration, formatDuration } from './quantities.ts';
import { choice, flag, type Range, within } from './schema-parts.ts';
import type { SnakeCase } from './snake-case.ts';

const D = BANDWIDTH_DEFAULTS;
const L = TOPOLOGY_LIMITS;

function time(description: string, { min, max }: Range, defaultNs?: number) {
  const schema = duration(description, min, max).optional();
  return defaultNs === undefined ? schema : schema.meta({ default: formatDuration(defaultNs) });
}

/** MPAM features that every MSC has for all of its resources, except for what a memory's MSC differs in. */
export const mscFeaturesShape = {
  partid_max: within('Largest PARTID.', { min: 0, max: PARTID_LIMIT }),
  pmg_max: within('Largest PMG.', { min: 0, max: PMG_LIMIT }),
  has_endis: flag('MPAMCFG_EN and MPAMCFG_DIS. Default: true, but not in an MSC of v1.0.'),
  has_nfu: flag('MPAMCFG_DIS.NFU: settings of disabled PARTIDs may be lost.', false),
  intpartid_max: within('INTPARTID_MAX: PARTID narrowing. Absent: none.', { min: 0, max: PARTID_LIMIT }),
  out_of_range: choice(
    'What a request with a PARTID above partid_max counts as: PARTID 0, or the PARTID modulo the number of PARTIDs.',
    ['default', 'modulo'],
    'default',
  ),
  reset: choice(
    'Settings of PARTIDs other than 0 after reset: as those of PARTID 0, or UNKNOWN (random bits).',
    ['defaults', 'poison'],
    'defaults',
  ),
};

const bandwidthControlsShape = {
  bwa_wd: within('BWA_WD: width of MIN, MAX and STRIDEM1. Default: 16 where one of them is.', L.fractionWd),
  has_min: flag('MPAMCFG_MBW_MIN.', true),
  has_max: flag('MPAMCFG_MBW_MAX.', true),
  max_limit: choice('MAX_LIM: which limits MBW_MAX offers.', ['both', 'soft', 'hard'], 'both'),
  bwpbm_wd: within('BWPBM_WD: bandwidth portions (time slots); 0: none.', L.bwpbmWd).meta({ default: 0 }),
  has_prop: flag('MPAMCFG_MBW_PROP: proportional stride.', false),
  windwr: flag('WINDWR: MPAMCFG_MBW_WINWD may be written.', false),
  window_length: time('Accounting window, in steps of 1/256 us.', L.windowNs, D.windowLengthNs),
  intpri_wd: within('INTPRI_WD: priority inside; 0: none.', L.fractionWd).meta({ default: 0 }),
  intpri0_is_low: flag('INTPRI_0_IS_LOW.', true),
  dspri_wd: within('DSPRI_WD: priority of requests that go on; 0: none.', L.fractionWd).meta({ default: 0 }),
  dspri0_is_low: flag('DSPRI_0_IS_LOW.', true),
} satisfies Record<SnakeCase<keyof BandwidthControlsDraft & string>, z.ZodType>;

const memoryControlsShape = { ...mscFeaturesShape, ...bandwidthControlsShape } satisfies Record<
  SnakeCase<keyof MemoryControlsDraft & string>,
  z.ZodType
>;

const regulationShape = {
  turnaround: time('Added when reads follow writes, or writes reads.', L.turnaroundNs, D.turnaroundNs),
  window: choice('How use is accounted for MIN and MAX.', ACCOUNTING_WINDOWS, D.window),
  starvation_limit: time('A partition that waits for so long is served next; 0: off.', L.starvationNs, D.starvationNs),
  portion_time: time('Length of a time slot of MBW_PBM. Default: the time of 16 lines.', L.portionNs),
  offset_limit: within('MBW_PROP: most credit of an idle partition, in strides of 1.', L.offsetLimit).meta({
    default: D.offsetLimit,
  }),
};

export const memorySideSchema = z
  .union(
    [
      z.literal('none'),
      z.strictObject({
        bandwidth: bandwidth('What its requests may take. Default: that of its memory.', L.bytesPerSecond).optional(),
        ...regulationShape,
        controls: z
          .union([z.literal('none'), z.strictObject(bandwidthControlsShape)], 'none or a mapping')
          .optional()
          .meta({ description: 'Default: MIN and MAX.' }),
      } satisfies Record<SnakeCase<keyof MemorySideDraft & string>, z.ZodType>),
    ],
    'none or a mapping',
  )
  .optional()
  .meta({
    id: 'memory-side',
    description: 'Bandwidth control at the memory side of an outermost cache. Default: none.',
  });

/** Members of `memory`. */
export const memoryBandwidthShape = {
  bandwidth: z
    .union(
      [z.literal('none'), bandwidth('', L.bytesPerSecond)],
      'none, or a bandwidth with its unit such as 25.6GB/s, from 1MB/s to 100TB/s',
    )
    .optional()
    .meta({ description: 'Of each memory, with all its channels. Absent or none: unlimited.' }),
  channels: within('Channels of each memory; each is a resource instance (RIS) of its MSC.', L.channels).meta({
    default: D.channels,
  }),
  interleave: memorySize('Bytes in a row in one channel, a power of two.', L.interleave.min, L.interleave.max)
    .optional()
    .meta({ default: formatSize(D.interleaveBytes) }),
  per: choice(
    'What has a memory: the machine, or each domain of PEs behind an outermost cache.',
    MEMORY_SHARING,
    D.per,
  ),
  mode: choice('Every request served in order, or waits from measured load.', BANDWIDTH_MODES, D.mode),
  closed_form_interval: time(
    'How often the closed form measures load.',
    L.closedFormIntervalNs,
    D.closedFormIntervalNs,
  ),
  ...regulationShape,
  write_buffer: within('Lines written back that a PE may have under way.', L.writeBufferLines).meta({
    default: D.writeBufferLines,
  }),
  controls: z
    .union([z.literal('none'), z.strictObject(memoryControlsShape)], 'none or a mapping')
    .optional()
    .meta({
      id: 'memory-controls',
      description: 'MPAM controls of each channel. Default: MIN and MAX with both limits.',
    }),
  monitors: monitorsOfMemorySchema,
  msc: frontSchema,
} satisfies Record<SnakeCase<keyof MemoryBandwidthDraft & string>, z.ZodType>;
