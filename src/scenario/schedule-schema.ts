/** `schedule`: where the scheduling events come from. */
import { z } from 'zod';
import { EXPONENTIAL_MEAN_NS_MAX } from '../loop/random-stream.ts';
import { DEFAULT_TIME_SLICE_NS, DEFAULT_WAKEUP_GRANULARITY_NS } from '../schedule/simulated/config.ts';
import { TID_MAX } from '../schedule/thread-rules.ts';
import { duration, formatDuration, integer, name, oneLine } from './quantities.ts';
import { VCPUS_MAX } from './tenant-schema.ts';

const simulatedSchema = z.strictObject({
  source: z.literal('simulated'),
  time_slice: duration(
    'A thread is not asked to make room before it ran this long.',
    1000,
    EXPONENTIAL_MEAN_NS_MAX,
  ).prefault(formatDuration(DEFAULT_TIME_SLICE_NS)),
  wakeup_granularity: duration(
    'A woken thread preempts only if it is behind by more than this.',
    0,
    EXPONENTIAL_MEAN_NS_MAX,
  ).prefault(formatDuration(DEFAULT_WAKEUP_GRANULARITY_NS)),
});

const ruleSchema = z.strictObject({
  comm: oneLine(z.string().max(64))
    .optional()
    .meta({ description: 'Thread name: literal text, * for any text, {vcpu} for the vCPU number.' }),
  tgid: integer('Process id.', 1, TID_MAX).optional(),
  tid: integer('Thread id.', 1, TID_MAX).optional(),
  tenant: name.optional().meta({ description: "Tenant. Default: the VM's." }),
  vm: name.optional().meta({ description: 'VM. Default: a process of the tenant outside any VM.' }),
  vcpu: integer('vCPU number. Default: what {vcpu} matched.', 0, VCPUS_MAX - 1).optional(),
  group: name.optional().meta({ description: "Control group. Default: the VM's or the tenant's." }),
});

const recordedSchema = z.strictObject({
  source: z.literal('recorded'),
  file: oneLine(z.string().min(1).max(4096)).meta({
    description: 'ftrace or trace-cmd report text, plain or gzip, relative to the scenario.',
  }),
  rules: z
    .array(ruleSchema)
    .max(10_000)
    .prefault([])
    .meta({ description: 'Whose thread is whose; the first rule that matches decides.' }),
  guest_activity: z
    .enum(['auto', 'modelled', 'recorded'])
    .default('auto')
    .meta({ description: 'Guest entries and exits: as recorded, or modelled; auto models them if none is recorded.' }),
});

export const scheduleSchema = z
  .discriminatedUnion('source', [simulatedSchema, recordedSchema])
  .prefault({ source: 'simulated' })
  .meta({ description: 'Where the scheduling events come from.' });

export type SimulatedInput = z.output<typeof simulatedSchema>;
export type RecordedInput = z.output<typeof recordedSchema>;
export type RuleInput = z.output<typeof ruleSchema>;
