/** The scenario file as a whole: its sections, and its JSON Schema for editors. */
import { z } from 'zod';
import { UNTIL_NS_MAX } from '../schedule/simulated/config.ts';
import { guestActivitySchema } from './guest-activity-schema.ts';
import { machineSchema, machinesSchema } from './machine-schema.ts';
import { monitorsSchema } from './monitor-schema.ts';
import { partitionsSchema } from './partition-schema.ts';
import { duration, integer, severalLines } from './quantities.ts';
import { scheduleSchema } from './schedule-schema.ts';
import { cpuDefaultsSchema, groupsSchema, hostTasksSchema, tenantsSchema } from './tenant-schema.ts';
import { timelineSchema } from './timeline-schema.ts';
import { memoryRegionsSchema, workloadsSchema } from './workload-schema.ts';

const SEED_MAX = 2 ** 32 - 1;

export const scenarioSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .optional()
    .meta({ description: 'Names the run and its file. Default: the file name without extension.' }),
  description: severalLines(z.string().max(10_000)).default('').meta({ description: 'What the scenario shows.' }),
  seed: integer('Start of every random stream.', 0, SEED_MAX).default(1),
  until: duration('End of the run. Required for a simulated schedule.', 1, UNTIL_NS_MAX).optional(),
  machine: machineSchema,
  machines: machinesSchema,
  groups: groupsSchema,
  cpu_defaults: cpuDefaultsSchema,
  tenants: tenantsSchema,
  host_tasks: hostTasksSchema,
  guest_activity: guestActivitySchema.optional().meta({ description: 'Defaults for every VM.' }),
  workloads: workloadsSchema,
  memory_regions: memoryRegionsSchema,
  partitions: partitionsSchema,
  monitors: monitorsSchema,
  schedule: scheduleSchema,
  timeline: timelineSchema,
});

export type ScenarioInput = z.output<typeof scenarioSchema>;

/** JSON Schema (2020-12) of a scenario file, for editors. */
export function scenarioJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', reused: 'inline' });
  return { ...schema, title: 'mpamlab scenario' };
}
