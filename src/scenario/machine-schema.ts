/** The `machine` and `machines` sections: what is simulated, under which kernel. */
import { z } from 'zod';
import {
  DEFAULT_PE_FEATURES,
  MPAM_VERSIONS,
  type PeFeatures,
  PMG_ON_PARTID_ERROR,
  VPARTID_REDUCTIONS,
} from '../arch/features.ts';
import { PARTID_LIMIT, PMG_LIMIT } from '../arch/label.ts';
import { KERNEL_NAMES } from '../kvm/kernels.ts';
import { KVM_MODE_NAMES } from '../kvm/modes.ts';
import { UNIT_MAX } from '../loop/event-row.ts';
import { TOPOLOGY_LIMITS } from '../machine/topology.ts';
import { integer, name } from './quantities.ts';
import type { SnakeCase } from './snake-case.ts';
import { topologySchema } from './topology-schema.ts';

export const MACHINES_MAX = 64;
/** Events number the PEs of all machines together. */
export const PES_MAX = UNIT_MAX + 1;

export const DEFAULT_MODE = 'vhe';
export const DEFAULT_KERNEL = 'v7.1';
export const DEFAULT_UNKNOWN_RESET = 'zero';
/** CPUs of a simulated host without a preset topology; a recorded one has those of its recording. */
export const DEFAULT_PES = 2;

const UNKNOWN_RESET_NAMES = ['zero', 'random', 'worst-case'] as const;

const D = DEFAULT_PE_FEATURES;

function flag(description: string, byDefault: boolean) {
  return z.boolean().optional().meta({ description, default: byDefault });
}

const featuresSchema = z
  .strictObject({
    version: z.enum(MPAM_VERSIONS).optional().meta({ description: 'MPAM version of the PEs.', default: D.version }),
    partid_max: integer('Largest PARTID.', 0, PARTID_LIMIT).optional().meta({ default: D.partidMax }),
    pmg_max: integer('Largest PMG.', 0, PMG_LIMIT).optional().meta({ default: D.pmgMax }),
    has_hcr: flag('Virtual PARTIDs: MPAMHCR_EL2, MPAMVPMV_EL2, MPAMVPM<n>_EL2.', D.hasHcr),
    vpmr_max: integer('Largest n of MPAMVPM<n>_EL2.', 0, 7).optional().meta({ default: D.vpmrMax }),
    has_altsp: flag('Alternative PARTID spaces (needs sp4).', D.hasAltsp),
    has_tidr: flag('MPAM2_EL2.TIDR.', D.hasTidr),
    has_force_ns: flag('MPAM3_EL3.FORCE_NS (v0.1).', D.hasForceNs),
    has_sdeflt: flag('MPAM3_EL3.SDEFLT.', D.hasSdeflt),
    has_bw_ctrl: flag('Only the ID bit of the PE-side bandwidth limits.', D.hasBwCtrl),
    sp4: flag('Four PARTID spaces (FEAT_RME).', D.sp4),
    sme: flag('FEAT_SME: MPAMSM_EL1 exists.', D.sme),
    mpamsm_precedence: flag('Requests of the streaming unit are labelled by MPAMSM_EL1.', D.mpamsmPrecedence),
    el2: flag('EL2 is implemented. KVM needs it.', D.el2),
    el3: flag('EL3 is implemented; its firmware then owns MPAMEN.', D.el3),
    pmg_on_partid_error: z
      .enum(PMG_ON_PARTID_ERROR)
      .optional()
      .meta({ description: 'The PMG of a request whose PARTID had an error.', default: D.pmgOnPartidError }),
    vpartid_reduction: z
      .enum(VPARTID_REDUCTIONS)
      .optional()
      .meta({ description: 'How a virtual PARTID beyond the map is brought into it.', default: D.vpartidReduction }),
  } satisfies Record<SnakeCase<keyof PeFeatures>, z.ZodType>)
  .meta({ description: 'What every PE implements of MPAM.' });

const shape = {
  mode: z.enum(KVM_MODE_NAMES).optional().meta({
    description:
      'How KVM sits on the exception levels. vhe: the host kernel runs at EL2. nvhe: at EL1, KVM alone at EL2. pkvm: as nvhe, and all guests are protected VMs. hvhe: as pkvm (protected VMs, too), but EL2 runs with E2H=1.',
    default: DEFAULT_MODE,
  }),
  kernel: z
    .enum(KERNEL_NAMES)
    .optional()
    .meta({ description: 'Which Linux, or which posted version of the series.', default: DEFAULT_KERNEL }),
  unknown_reset: z
    .union(
      [z.enum(UNKNOWN_RESET_NAMES), z.strictObject({ group: name.meta({ description: 'A control group.' }) })],
      `one of ${UNKNOWN_RESET_NAMES.join(', ')} or { group: NAME }`,
    )
    .optional()
    .meta({
      description:
        "What UNKNOWN register fields hold after reset; worst-case is the label of some tenant's group, { group: NAME } that of one group.",
      default: DEFAULT_UNKNOWN_RESET,
    }),
  features: featuresSchema.optional(),
  topology: topologySchema,
};

/** A variant: says only where it differs from `machine`. */
const variantSchema = z.strictObject(shape).prefault({});

/** What holds for every machine. */
export const machineSchema = z
  .strictObject({
    pes: integer(
      'PEs of each machine. Default: as many as the recording has CPUs, else as many as the machine of the preset.',
      1,
      PES_MAX,
    )
      .optional()
      .meta({ default: DEFAULT_PES }),
    scale: integer(
      'Capacities of caches and working sets are divided by this; ways, portions and fractions stay.',
      TOPOLOGY_LIMITS.scale.min,
      TOPOLOGY_LIMITS.scale.max,
    )
      .optional()
      .meta({ default: 1 }),
    ...shape,
  })
  .prefault({})
  .meta({ description: 'Defaults for every machine.' });

export const machinesSchema = z.record(name, variantSchema).optional().meta({
  description: 'Machines driven side by side by the same schedule, by name. Absent: one machine called "machine".',
});

export type MachineInput = z.output<typeof machineSchema>;
export type VariantInput = z.output<typeof variantSchema>;
