/** `groups`, `cpu_defaults`, `tenants` and `host_tasks`: labels, who has them, and what runs. */
import { z } from 'zod';
import { PARTID_LIMIT, PMG_LIMIT } from '../arch/label.ts';
import { EXPONENTIAL_MEAN_NS_MAX } from '../loop/random-stream.ts';
import { NICE_0_WEIGHT } from '../schedule/simulated/config.ts';
import { guestActivitySchema } from './guest-activity-schema.ts';
import { PES_MAX } from './machine-schema.ts';
import { CPU_KEY_PATTERN, duration, integer, name } from './quantities.ts';

/** The group every task is in that is in no other; label 0/0 (K 2.1). */
export const DEFAULT_GROUP = 'default';

export const VCPUS_MAX = 512;
const IO_THREADS_MAX = 64;
const TASK_COUNT_MAX = 1024;
const WEIGHT_MAX = 100_000;

const groupName = name.meta({ description: 'Name of a control group, or "default".' });
const partid = (description: string) => integer(description, 0, PARTID_LIMIT).optional();
const pmg = (description: string) => integer(description, 0, PMG_LIMIT).optional();

const groupSchema = z.strictObject({
  partid: partid('PARTID for data and instructions.'),
  partid_d: partid('PARTID_D, if it differs.'),
  partid_i: partid('PARTID_I, if it differs.'),
  pmg: pmg('PMG for data and instructions; default 0.'),
  pmg_d: pmg('PMG_D, if it differs.'),
  pmg_i: pmg('PMG_I, if it differs.'),
});

export const groupsSchema = z
  .record(name, groupSchema)
  .prefault({})
  .meta({ description: 'Control groups and their labels. "default", label 0/0, is always there.' });

export const cpuDefaultsSchema = z
  .record(z.string().regex(CPU_KEY_PATTERN), groupName)
  .prefault({})
  .meta({ description: 'CPU number to group: the label of default-group tasks there (resctrl `cpus`).' });

const cpu = integer('CPU number.', 0, PES_MAX - 1);

const pin = z
  .union([cpu, z.array(cpu).min(1).max(PES_MAX)])
  .optional()
  .meta({ description: 'The CPU, or list of CPUs, that the threads may run on. Default: all.' });

const weight = integer('Share of a contended CPU; nice 0 is 1024.', 1, WEIGHT_MAX).default(NICE_0_WEIGHT);

const workload = (description: string) => name.optional().meta({ description: `${description} Default: no accesses.` });

/** When a thread wants a CPU. */
const activitySchema = z
  .union([
    z.literal('always'),
    z.strictObject({
      busy: duration('How long it runs before it sleeps.', 1, EXPONENTIAL_MEAN_NS_MAX),
      sleep: duration('How long it sleeps.', 1, EXPONENTIAL_MEAN_NS_MAX),
      distribution: z
        .enum(['exponential', 'fixed'])
        .default('exponential')
        .meta({ description: 'Whether busy and sleep are means or exact times.' }),
    }),
  ])
  .default('always')
  .meta({ description: '"always", or alternating busy and sleep times.' });

const ioSchema = z
  .strictObject({
    threads: integer('How many.', 1, IO_THREADS_MAX).default(1),
    busy: duration('Mean work per wake-up.', 1, EXPONENTIAL_MEAN_NS_MAX).prefault('20us'),
    wakes_per_1000_exits: integer('Wake-ups per 1000 guest exits.', 0, 1000).default(100),
    weight,
  })
  .optional()
  .meta({ description: "The VMM's I/O threads, woken by exits of its vCPUs. Default: none." });

const vmSchema = z
  .strictObject({
    vcpus: integer('Number of vCPUs.', 1, VCPUS_MAX).default(1),
    group: groupName.optional().meta({ description: "Group of the VM's threads. Default: the tenant's." }),
    activity: activitySchema,
    guest_activity: guestActivitySchema.optional(),
    workload: workload('What the guest executes: user side at EL0, kernel side at EL1.'),
    vmm_workload: workload("What the VM's threads execute outside the guest: in the VMM, and in the host kernel."),
    weight,
    pin,
    io: ioSchema,
  })
  .prefault({});

const tenantSchema = z
  .strictObject({
    group: groupName.default(DEFAULT_GROUP).meta({ description: "Group of the tenant's threads." }),
    vms: z.record(name, vmSchema).prefault({}).meta({ description: 'VMs by name, unique in the scenario.' }),
  })
  .prefault({});

export const tenantsSchema = z
  .record(name, tenantSchema)
  .prefault({})
  .meta({ description: 'Customers and their VMs.' });

const hostTaskSchema = z
  .strictObject({
    comm: z
      .string()
      .regex(/^[\x20-\x7e]{1,15}$/, '1 to 15 printable ASCII characters')
      .optional()
      .meta({ description: 'Thread name, at most 15 characters. Default: the key.' }),
    count: integer('How many such threads.', 1, TASK_COUNT_MAX).default(1),
    group: groupName.default(DEFAULT_GROUP),
    activity: activitySchema,
    workload: workload('What such threads execute.'),
    weight,
    pin,
  })
  .prefault({});

export const hostTasksSchema = z
  .record(name, hostTaskSchema)
  .prefault({})
  .meta({ description: 'Threads that belong to no tenant (simulated schedules only).' });

export type GroupInput = z.output<typeof groupSchema>;
export type ActivityInput = z.output<typeof activitySchema>;
export type VmInput = z.output<typeof vmSchema>;
export type HostTaskInput = z.output<typeof hostTaskSchema>;
export type PinInput = z.output<typeof pin>;
