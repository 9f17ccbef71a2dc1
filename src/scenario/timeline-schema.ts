/** `timeline`: control-plane commands and mishaps at given times. */
import { z } from 'zod';
import { PARTID_LIMIT } from '../arch/label.ts';
import { NAMES } from '../arch/registers.ts';
import { UNTIL_NS_MAX } from '../schedule/simulated/config.ts';
import { TID_MAX } from '../schedule/thread-rules.ts';
import { PES_MAX } from './machine-schema.ts';
import { INSTANCE_MAX } from './monitor-schema.ts';
import { machineOfMsc, mscName, ris, space } from './msc-target-schema.ts';
import { partitionSchema } from './partition-schema.ts';
import { duration, integer, name, oneLine, registerValue } from './quantities.ts';
import { VCPUS_MAX } from './tenant-schema.ts';

/** CAPT_EVNT 1 to 6; 7 is the local one (A 4.1). */
const EXTERNAL_EVENTS = 6;

const at = duration('When, from the start of the run.', 0, UNTIL_NS_MAX);
const cpu = (description: string) => integer(description, 0, PES_MAX - 1);
const vcpu = integer('vCPU number.', 0, VCPUS_MAX - 1);
const vm = name.meta({ description: 'A VM.' });
const register = z.enum(NAMES.map((known) => known.name)).meta({ description: 'Register name.' });

const threadsSchema = z.union(
  [
    z.strictObject({ vm, vcpu: vcpu.optional() }),
    z.strictObject({ tenant: name }),
    z.strictObject({ tid: integer('Thread id.', 1, TID_MAX) }),
    z.strictObject({ comm: oneLine(z.string().min(1).max(64)) }),
  ],
  'threads: {vm: ..., vcpu: ...}, {tenant: ...}, {tid: ...} or {comm: ...}',
);

const guestAccessSchema = {
  at,
  guest_access: z
    .strictObject({ vm, vcpu: vcpu.default(0) })
    .meta({ description: 'The vCPU whose guest does it, at EL1.' }),
  register,
};

const COMMANDS =
  'move, cpu_default, mpam, cpu_offline, cpu_online, cpu_pm, guest_access (write or read), poke, set_partition, write_msc, capture';

const writeMscSchema = z.strictObject({
  msc: mscName,
  machine: machineOfMsc,
  ris,
  space,
  register: z.string().max(64).meta({ description: 'Such as MPAMCFG_CMAX, MPAMCFG_CPBM3, MSMON_CFG_MBWU_CTL.' }),
  partid: integer(
    'PARTID that selects the copy of a control; the internal one where PARTIDs are narrowed.',
    0,
    PARTID_LIMIT,
  ).optional(),
  instance: integer('Instance that selects the copy of a monitor register.', 0, INSTANCE_MAX).optional(),
  value: registerValue('The value.'),
});

const captureSchema = z.strictObject({
  msc: mscName,
  machine: machineOfMsc,
  event: z
    .union(
      [z.literal('local'), integer('', 1, EXTERNAL_EVENTS)],
      `local, or an external event from 1 to ${EXTERNAL_EVENTS}`,
    )
    .meta({ description: 'local: MSMON_CAPT_EVNT.NOW is written in the PARTID space; 1 to 6: an external event.' }),
  space,
  all: z.boolean().optional().meta({ description: 'Local events: MSMON_CAPT_EVNT.ALL.' }),
});

const commandSchema = z.union(
  [
    z
      .strictObject({ at, move: threadsSchema, to: name.meta({ description: 'The group they go to.' }) })
      .meta({ description: 'resctrl moves threads into a group.' }),
    z
      .strictObject({ at, cpu_default: cpu('The CPU.'), group: name })
      .meta({ description: "resctrl changes a CPU's default group." }),
    z
      .strictObject({ at, mpam: z.literal('off') })
      .meta({ description: 'A serious MPAM error: labelling stops for good.' }),
    z.strictObject({ at, cpu_offline: cpu('The CPU.') }).meta({ description: 'CPU hot-unplug.' }),
    z.strictObject({ at, cpu_online: cpu('The CPU.') }).meta({ description: 'The CPU comes back, after a reset.' }),
    z
      .strictObject({ at, cpu_pm: cpu('The CPU.'), state: z.enum(['retention', 'powerdown']) })
      .meta({ description: 'The CPU goes through a power state; powerdown loses its registers.' }),
    z
      .strictObject({ ...guestAccessSchema, write: registerValue('The value.') })
      .meta({ description: 'A guest writes.' }),
    z.strictObject({ ...guestAccessSchema, read: z.literal(true) }).meta({ description: 'A guest reads.' }),
    z
      .strictObject({ at, poke: cpu('The CPU.'), register, value: registerValue('The new value.') })
      .meta({ description: "A register changes behind Linux's back." }),
    z.strictObject({ at, set_partition: partitionSchema }).meta({ description: 'Settings of an MSC change.' }),
    z.strictObject({ at, write_msc: writeMscSchema }).meta({ description: 'Software writes a register of an MSC.' }),
    z
      .strictObject({ at, capture: captureSchema })
      .meta({ description: 'A capture event reaches the monitors of an MSC.' }),
  ],
  `one of the commands ${COMMANDS}`,
);

export const timelineSchema = z.array(commandSchema).max(100_000).prefault([]).meta({
  description: 'Commands at given times; equal times keep the order of the list.',
});

export type CommandInput = z.output<typeof commandSchema>;
export type ThreadsInput = z.output<typeof threadsSchema>;
