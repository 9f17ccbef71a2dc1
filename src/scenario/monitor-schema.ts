/** `monitors`: which monitors are programmed at the start of the run, and sampled (A 4). */
import { z } from 'zod';
import { PARTID_LIMIT, PMG_LIMIT } from '../arch/label.ts';
import { machineOfMsc, mscName, ris, space } from './msc-target-schema.ts';
import { integer, name } from './quantities.ts';

/** MSMON_CFG_MON_SEL.MON_SEL has 16 bits. */
export const INSTANCE_MAX = 0xffff;

const monitorSchema = z.strictObject({
  msc: mscName,
  machine: machineOfMsc,
  ris,
  csu: integer('A cache-storage usage monitor: its instance.', 0, INSTANCE_MAX).optional(),
  mbwu: integer('A memory-bandwidth usage monitor: its instance.', 0, INSTANCE_MAX).optional(),
  group: name.optional().meta({ description: 'Requests with the PARTID and PMG of this group.' }),
  partid: integer('Requests with this PARTID, instead of a group.', 0, PARTID_LIMIT).optional(),
  pmg: integer('Requests with this PMG.', 0, PMG_LIMIT).optional(),
  space,
  rw: z.enum(['both', 'reads', 'writes']).default('both').meta({ description: 'MBWU: what is counted (RWBW).' }),
  xcl: z.boolean().default(false).meta({ description: 'CSU: modified lines only (XCL).' }),
  long: z.boolean().optional().meta({ description: 'MBWU: the long counter. Default: where there is one.' }),
});

export const monitorsSchema = z.array(monitorSchema).max(10_000).prefault([]).meta({
  description: 'Monitors that are programmed before anything runs, and shown beside the truth with every sample.',
});

export type MonitorInput = z.output<typeof monitorSchema>;
