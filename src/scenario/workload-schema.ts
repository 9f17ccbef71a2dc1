/** The `workloads` and `memory_regions` sections: what vCPUs and host tasks execute. */
import { z } from 'zod';
import { UNTIL_NS_MAX } from '../schedule/simulated/config.ts';
import { TRACE_FORMATS } from '../workload/memory-trace/trace-formats.ts';
import { memorySize } from './memory-size.ts';
import { duration, integer, name, oneLine } from './quantities.ts';
import { fixedPoint, perThousand, rate } from './workload-quantities.ts';

/** Regions are multiples of this many bytes: whole lines, whatever the line size up to here. */
export const REGION_STEP_BYTES = 64;
const REGION_BYTES_MAX = 2 ** 40;
const STRIDE_BYTES_MAX = 2 ** 30;
const WEIGHT_MAX = 65_535;
const COMPONENTS_MAX = 16;
const PHASES_MAX = 64;
const REQUEST_ACCESSES_MAX = 1_000_000_000;
/** Sizes of elements, in bytes: powers of two, so that no element lies across two lines. */
const ELEMENT_BYTES = [1, 2, 4, 8, 16, 32, 64] as const;

const PATTERNS = ['sequential', 'strided', 'uniform', 'zipf', 'pointer-chase', 'loop'] as const;

/** What workloads do where the file does not say. Choices for convenience, not measurements. */
export const WORKLOAD_DEFAULTS = {
  elementBytes: 8,
  writesPerThousand: 300,
  zipfExponentMilli: 990,
  codeBytes: 64 * 1024,
  kernelDataBytes: 1024 * 1024,
  kernelCodeBytes: 64 * 1024,
  /** In 1/256, as in PartSpec. */
  instructionsPerAccess: 3 * 256,
  baseCpi: 256,
  parallelism: 2 * 256,
} as const;

const size = memorySize('Bytes of memory.', REGION_STEP_BYTES, REGION_BYTES_MAX, REGION_STEP_BYTES);

/** Where it goes in memory, and how: what data and code have in common. */
const walkShape = {
  size: size.optional().meta({ description: 'Bytes of its own memory, a multiple of 64B; or name a region.' }),
  region: name.optional().meta({ description: 'Memory described in memory_regions, instead of a size.' }),
  sharing: z.enum(['vcpu', 'vm']).optional().meta({
    description: 'Whether each vCPU has this memory of its own, or the VM has it once. Default: data vcpu, else vm.',
  }),
  stride: memorySize('Bytes from one access to the next (strided).', 1, STRIDE_BYTES_MAX).optional(),
  exponent: fixedPoint('Exponent of the Zipf distribution over lines (zipf).', 0.001, 4, 1000)
    .optional()
    .meta({ default: WORKLOAD_DEFAULTS.zipfExponentMilli / 1000 }),
};

const writes = perThousand('Share of stores among the data accesses.', 0, 1000).optional();

/** Schemas with an `id` are there once in the JSON Schema, however often they are used. */
const componentSchema = z.strictObject({
  pattern: z.enum(PATTERNS).meta({
    description:
      'sequential: element by element, again and again. strided: by a stride. uniform: any element. zipf: some lines far more often. pointer-chase: lines in a random cycle, each access waiting for the one before. loop: line by line, again and again.',
  }),
  ...walkShape,
  weight: integer('Share among the components.', 1, WEIGHT_MAX).default(1),
  element: integer('Bytes of an element: 1, 2, 4, 8, 16, 32 or 64.', 1, 64)
    .refine((bytes) => (ELEMENT_BYTES as readonly number[]).includes(bytes), `one of ${ELEMENT_BYTES.join(', ')}`)
    .default(WORKLOAD_DEFAULTS.elementBytes),
  writes: writes.meta({ description: "Share of stores among its accesses. Default: the part's." }),
});

const dataSchema = z
  .union([componentSchema, z.array(componentSchema).min(1).max(COMPONENTS_MAX)])
  .meta({ id: 'data', description: 'Data accesses: one component, or several mixed by weight.' });

const codeSchema = z
  .union(
    [z.literal('none'), z.strictObject({ pattern: z.enum(PATTERNS).default('loop'), ...walkShape })],
    'none or { size: ... }',
  )
  .optional()
  .meta({
    id: 'code',
    description: 'Instruction fetches beside the data, or none. Default: a loop over 64KiB, one for the VM.',
  });

/** What is executed at one Exception level; everything may be left to the level above or to the defaults. */
const partShape = {
  code: codeSchema,
  writes: writes.meta({ default: '30%' }),
  instructions_per_access: fixedPoint('Instructions per data access.', 0.004, 4096, 256)
    .optional()
    .meta({ default: 3 }),
  cpi: fixedPoint('Cycles per instruction when no access waits.', 0.004, 6, 256).optional().meta({ default: 1 }),
  mlp: fixedPoint('Memory-level parallelism: accesses under way at a time.', 1, 64, 256)
    .optional()
    .meta({ default: 2 }),
};

const kernelSchema = z
  .union([z.literal('none'), z.strictObject({ data: dataSchema.optional(), ...partShape })], 'none or { data: ... }')
  .optional()
  .meta({
    id: 'kernel',
    description:
      'What the guest executes at EL1 (the kernel side of a host task), or none. Default: uniform over 1MiB and code of 64KiB, both one for the VM, and for the rest as the user side.',
  });

const phaseSchema = z.strictObject({
  for: duration(
    'How long, in time of the run; only the last may go without: it then stays.',
    1000,
    UNTIL_NS_MAX,
  ).optional(),
  data: dataSchema,
  ...partShape,
  kernel: kernelSchema,
});

const inputFile = (description: string) => oneLine(z.string().min(1).max(4096)).meta({ description });

const serviceSchema = z
  .strictObject({
    rate: rate('Requests per time: a seeded Poisson stream.').optional(),
    arrivals: inputFile(
      'File of arrival times, one to a line, relative to the scenario; instead of a rate.',
    ).optional(),
    accesses: integer('Data accesses of the user side per request.', 1, REQUEST_ACCESSES_MAX),
  })
  .optional()
  .meta({
    id: 'service',
    description:
      'Requests that arrive whether or not the vCPU runs and wait in one queue of the VM; between requests nothing is executed. Default: it never waits for work.',
  });

const commonShape = {
  ...partShape,
  kernel: kernelSchema,
  kernel_share: perThousand('Share of guest time at EL1: sets el1 of guest_activity from its el0.', 1, 1000).optional(),
  service: serviceSchema,
};

const { code: _code, writes: _writes, ...recordedShape } = commonShape;

const FORMS = 'a workload: { data: ... }, { phases: [...] } or { trace: FILE }';

const workloadSchema = z.union(
  [
    z.strictObject({ data: dataSchema, ...commonShape }),
    z.strictObject({
      phases: z.array(phaseSchema).min(1).max(PHASES_MAX).meta({
        description: 'One after another, then again from the first. What a phase does not say the workload says.',
      }),
      ...commonShape,
    }),
    z.strictObject({
      trace: inputFile('Recorded memory trace, plain or compressed, relative to the scenario.'),
      format: z
        .enum(['auto', ...TRACE_FORMATS.map((format) => format.name)])
        .default('auto')
        .meta({ description: 'Its format, or auto to recognise it.' }),
      repeat: z.boolean().default(true).meta({ description: 'Start again at its end; else nothing more is executed.' }),
      ...recordedShape,
    }),
  ],
  FORMS,
);

export const workloadsSchema = z
  .record(name, workloadSchema)
  .prefault({})
  .meta({ description: 'What vCPUs and host tasks execute, by name. Needs machine.topology.' });

const regionSchema = z.union(
  [
    size,
    z.strictObject({
      size,
      sharing: z.enum(['machine', 'vm', 'vcpu']).default('machine').meta({
        description: 'Who has it once: the machine (all tenants share it), each VM, or each vCPU.',
      }),
    }),
  ],
  'a size such as 4MiB, or { size: 4MiB, sharing: vm }',
);

export const memoryRegionsSchema = z
  .record(name, regionSchema)
  .prefault({})
  .meta({ description: 'Memory by name. A size alone: shared among all workloads, of whatever tenant, that name it.' });

export type ComponentInput = z.output<typeof componentSchema>;
export type CodeInput = Exclude<z.output<typeof codeSchema>, 'none' | undefined>;
export type KernelInput = z.output<typeof kernelSchema>;
export type ServiceInput = NonNullable<z.output<typeof serviceSchema>>;
export type WorkloadInput = z.output<typeof workloadSchema>;
export type RegionInput = z.output<typeof regionSchema>;
