/** `partitions`, and `set_partition` of the timeline: settings of MSCs, keyed by PARTID (A 3.3, 3.4, 3.6 to 3.9). */
import { z } from 'zod';
import { PARTID_LIMIT } from '../arch/label.ts';
import { TOPOLOGY_LIMITS } from '../machine/topology.ts';
import { machineOfMsc, mscName, ris, space } from './msc-target-schema.ts';
import { controlShare, portionBitmap } from './partition-quantities.ts';
import { duration, integer, name } from './quantities.ts';

const STRIDE_MAX = 0x10000;
const PRIORITY_MAX = 0xffff;

const cacheSettings = {
  cpbm: portionBitmap('Portions that may be allocated: a mask, or a list of portions.').optional(),
  cmax: controlShare(
    'CMAX: at this fraction of the cache it may not grow. Rounded down to what the field can say.',
  ).optional(),
  softlim: z.boolean().optional().meta({
    description: 'CMAX.SOFTLIM: at CMAX it may still take free lines and those of disabled PARTIDs.',
  }),
  cmin: controlShare('CMIN: below this fraction of the cache its lines go last.').optional(),
  cassoc: controlShare('CASSOC: fraction of the ways of a set at which it may not grow there.').optional(),
};

const bandwidthSettings = {
  mbw_min: controlShare('MBW_MIN: below this fraction of the bandwidth its requests go first.').optional(),
  mbw_max: controlShare(
    'MBW_MAX: from this fraction of the bandwidth on its requests go last, or not at all (hardlim).',
  ).optional(),
  hardlim: z
    .boolean()
    .optional()
    .meta({ description: 'MBW_MAX.HARDLIM: at MBW_MAX it is not served, even if nobody else is.' }),
  mbw_pbm: portionBitmap('MBW_PBM: time slots in which it is served: a mask, or a list.').optional(),
  stride: integer('MBW_PROP: its stride; more is less bandwidth; 0: not regulated by it.', 0, STRIDE_MAX).optional(),
  intpri: integer('PRI.INTPRI: priority inside, as the field has it.', 0, PRIORITY_MAX).optional(),
  dspri: integer('PRI.DSPRI: priority of requests that go on, as the field has it.', 0, PRIORITY_MAX).optional(),
  window: duration(
    'MBW_WINWD: accounting window, rounded to 1/256 us.',
    TOPOLOGY_LIMITS.windowNs.min,
    TOPOLOGY_LIMITS.windowNs.max,
  ).optional(),
};

const settingsShape = {
  ...cacheSettings,
  ...bandwidthSettings,
  enabled: z.boolean().optional().meta({ description: 'MPAMCFG_EN and MPAMCFG_DIS.' }),
  nfu: z.boolean().optional().meta({ description: 'MPAMCFG_DIS.NFU: hardware may forget the settings.' }),
  intpartid: integer('Internal PARTID that this request PARTID is narrowed to.', 0, PARTID_LIMIT).optional(),
};

export const partitionSchema = z.strictObject({
  msc: mscName.optional(),
  cache: mscName.optional().meta({ description: 'The same as msc, for caches.' }),
  machine: machineOfMsc,
  ris,
  group: name
    .optional()
    .meta({ description: 'The group whose PARTID (PARTID_D and PARTID_I, if they differ) is set.' }),
  partid: integer('The PARTID itself, instead of a group.', 0, PARTID_LIMIT).optional(),
  space,
  ...settingsShape,
});

export const partitionsSchema = z.array(partitionSchema).max(10_000).prefault([]).meta({
  description:
    'Settings of MSCs before anything runs; in order, so that a later entry lays itself over an earlier one.',
});

export type PartitionInput = z.output<typeof partitionSchema>;
