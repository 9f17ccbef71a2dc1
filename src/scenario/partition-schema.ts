/** `partitions`, and `set_partition` of the timeline: settings of cache partitioning, keyed by PARTID (A 3.3, 3.4, 3.9). */
import { z } from 'zod';
import { PARTID_LIMIT } from '../arch/label.ts';
import { controlShare, portionBitmap } from './partition-quantities.ts';
import { integer, name } from './quantities.ts';

/** As the file calls the PARTID spaces. */
const SPACE_NAMES = ['secure', 'non-secure', 'root', 'realm'] as const;
export type SpaceName = (typeof SPACE_NAMES)[number];

const settingsShape = {
  cpbm: portionBitmap('Portions that may be allocated: a mask, or a list of portions.').optional(),
  cmax: controlShare(
    'CMAX: at this fraction of the cache it may not grow. Rounded down to what the field can say.',
  ).optional(),
  softlim: z.boolean().optional().meta({
    description: 'CMAX.SOFTLIM: at CMAX it may still take free lines and those of disabled PARTIDs.',
  }),
  cmin: controlShare('CMIN: below this fraction of the cache its lines go last.').optional(),
  cassoc: controlShare('CASSOC: fraction of the ways of a set at which it may not grow there.').optional(),
  enabled: z.boolean().optional().meta({ description: 'MPAMCFG_EN and MPAMCFG_DIS.' }),
  nfu: z.boolean().optional().meta({ description: 'MPAMCFG_DIS.NFU: hardware may forget the settings.' }),
  intpartid: integer('Internal PARTID that this request PARTID is narrowed to.', 0, PARTID_LIMIT).optional(),
};

export const partitionSchema = z.strictObject({
  cache: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,31}$/, 'a level such as L3, or a cache such as l3-0')
    .meta({
      description: 'A level (all caches of it), such as L3, or one cache, such as l3-0.',
    }),
  machine: name.optional().meta({ description: 'One of the machines. Default: all that have such a cache.' }),
  group: name
    .optional()
    .meta({ description: 'The group whose PARTID (PARTID_D and PARTID_I, if they differ) is set.' }),
  partid: integer('The PARTID itself, instead of a group.', 0, PARTID_LIMIT).optional(),
  space: z.enum(SPACE_NAMES).default('non-secure').meta({ description: 'PARTID space.' }),
  ...settingsShape,
});

export const partitionsSchema = z.array(partitionSchema).max(10_000).prefault([]).meta({
  description:
    'Settings of caches before anything runs; in order, so that a later entry lays itself over an earlier one.',
});

export type PartitionInput = z.output<typeof partitionSchema>;
