/** Monitors of a resource, and the register front of its MSC: which features the ID registers tell, and the choices left open. */
import { z } from 'zod';
import { MPAM_VERSIONS } from '../arch/features.ts';
import { PARTID_LIMIT } from '../arch/label.ts';
import type { CsuDraft, FrontDraft, MonitorsDraft } from '../machine/bandwidth-draft.ts';
import { MONITOR_DEFAULTS, NRDY_QUIRK, QUIRK_NRDY_NS, TRANSLATION_DEFAULTS } from '../machine/msc-features-of.ts';
import { TOPOLOGY_LIMITS } from '../machine/topology.ts';
import { type MbwuFeatures, MSC_QUIRKS } from '../memory/msc-config.ts';
import { FRONT_DEFAULTS } from '../memory/msc-front/front-defaults.ts';
import { duration, formatDuration } from './quantities.ts';
import { choice, flag, within } from './schema-parts.ts';
import type { SnakeCase } from './snake-case.ts';

const { csu: CSU, mbwu: MBWU } = MONITOR_DEFAULTS;
const F = FRONT_DEFAULTS;

const monitorShape = {
  num_mon: within('NUM_MON: instances.', TOPOLOGY_LIMITS.numMon).meta({ default: CSU.numMon }),
  has_capture: flag('HAS_CAPTURE: capture registers.', CSU.hasCapture),
  no_match_partid: flag('NO_MATCH_PARTID: no filter by PARTID.', CSU.noMatchPartid),
  no_match_pmg: flag('NO_MATCH_PMG: no filter by PMG.', CSU.noMatchPmg),
};

const csuShape = {
  ...monitorShape,
  has_xcl: flag('HAS_XCL: may count modified lines alone.', CSU.hasXcl),
  read_only: flag('CSU_RO: the value cannot be written.', CSU.isReadOnly),
} satisfies Record<SnakeCase<keyof CsuDraft & string>, z.ZodType>;

const mbwuShape = {
  ...monitorShape,
  has_ofsr: flag('HAS_OFSR: which of 32 instances overflowed.', MBWU.hasOfsr),
  has_oflow_lnkg: flag('HAS_OFLOW_LNKG: overflow causes capture events.', MBWU.hasOflowLnkg),
  has_oflow_capt: flag('HAS_OFLOW_CAPT: overflow captures.', MBWU.hasOflowCapt),
  has_cevnt_oflw: flag('HAS_CEVNT_OFLW: capture events count as overflows.', MBWU.hasCevntOflw),
  has_rwbw: flag('HAS_RWBW: may count reads or writes alone.', MBWU.hasRwbw),
  long_bits: z
    .literal([0, 44, 63])
    .optional()
    .meta({ description: 'Bits of MSMON_MBWU_L; 0: HAS_LONG is 0.', default: MBWU.longBits }),
  scale: within('SCALE: with SCLEN the short counter counts units of 2^SCALE bytes.', TOPOLOGY_LIMITS.scaleBits).meta({
    default: MBWU.scale,
  }),
} satisfies Record<SnakeCase<keyof MbwuFeatures>, z.ZodType>;

const monitorTypes = {
  csu: z
    .union([z.literal('none'), z.strictObject(csuShape)], 'none or a mapping')
    .optional()
    .meta({ description: 'Cache-storage usage monitors: bytes held now.' }),
  mbwu: z
    .union([z.literal('none'), z.strictObject(mbwuShape)], 'none or a mapping')
    .optional()
    .meta({ description: 'Memory-bandwidth usage monitors: bytes transferred towards memory.' }),
} satisfies Record<keyof MonitorsDraft, z.ZodType>;

export const monitorsOfMemorySchema = z
  .union([z.literal('none'), z.strictObject(monitorTypes)], 'none or a mapping')
  .optional()
  .meta({ id: 'memory-monitors', description: 'Monitors of each channel. Default: none.' });

export const monitorsOfCacheSchema = z
  .union([z.literal('none'), z.strictObject(monitorTypes)], 'none or a mapping')
  .optional()
  .meta({ id: 'cache-monitors', description: 'Monitors of the cache. Default: none.' });

function translation(description: string) {
  return z
    .strictObject({
      partid_max: within('Largest PARTID that comes in.', { min: 0, max: PARTID_LIMIT }).meta({
        default: TRANSLATION_DEFAULTS.partidMax,
      }),
      has_direct: flag('HAS_DIRECT_TL: a table.', TRANSLATION_DEFAULTS.hasDirect),
      has_base_mask: flag('HAS_BASE_MASK: BASE and MASK.', TRANSLATION_DEFAULTS.hasBaseMask),
    })
    .optional()
    .meta({ description: `${description} Absent: none.` });
}

export const frontSchema = z
  .strictObject({
    version: choice('MPAMF_AIDR.', MPAM_VERSIONS, F.version),
    iidr: within('MPAMF_IIDR. Default: that of the quirks, else 0.', { min: 0, max: 2 ** 32 - 1 }),
    spaces: z
      .literal([2, 4])
      .optional()
      .meta({ description: 'PARTID spaces with a feature page: 2, or 4 (SP4).', default: F.spaces }),
    has_esr: flag('HAS_ESR: MPAMF_ESR and MPAMF_ECR.', F.hasEsr),
    has_extd_esr: flag('HAS_EXTD_ESR: MPAMF_ESR of 64 bits. Default: where has_esr is, but not in v1.0.'),
    has_err_msi: flag('HAS_ERR_MSI: errors may be told by messages.', F.hasErrMsi),
    has_oflow_sr: flag('HAS_OFLOW_SR: MSMON_OFLOW_SR. Default: true, but not in v1.0.'),
    has_oflw_msi: flag('HAS_OFLW_MSI: overflows may be told by messages.', F.hasOflwMsi),
    has_oflow_interrupt: flag('NO_HW_OFLW_INTR is 0: overflows interrupt.', F.hasOflowInterrupt),
    has_local_capt_evnt: flag('HAS_LOCAL_CAPT_EVNT: MSMON_CAPT_EVNT.', F.hasLocalCaptEvnt),
    interrupt: choice('Wired interrupts.', ['level', 'edge'], F.interrupt),
    ingress: translation('Translation of PARTIDs that come in.'),
    egress: translation('Translation of PARTIDs that go on.'),
    has_default_partid: flag('HAS_DEFAULT_PARTID: settings for PARTIDs out of range.', F.hasDefaultPartid),
    out_of_range_selector: choice('A selector out of range.', ['stored', 'dropped'], F.outOfRangeSelector),
    reports_ris_errors: flag('Error codes 8 to 10 are reported.', F.reportsRisErrors),
    missing_monitor: choice(
      'Access to a monitor that the RIS lacks.',
      ['fffffffe', 'silent', 'error'],
      F.missingMonitor,
    ),
    nrdy: duration(
      `How long NRDY stays after a change of settings; 0: NRDY is plain storage. With quirk ${NRDY_QUIRK}: ${formatDuration(QUIRK_NRDY_NS)}.`,
      TOPOLOGY_LIMITS.nrdyNs.min,
      TOPOLOGY_LIMITS.nrdyNs.max,
    )
      .optional()
      .meta({ default: formatDuration(F.nrdyNs) }),
    quirks: z.array(z.enum(MSC_QUIRKS)).optional().meta({ description: 'Deviations of real silicon. Default: none.' }),
  } satisfies Record<SnakeCase<keyof FrontDraft & string>, z.ZodType>)
  .optional()
  .meta({
    id: 'msc',
    description: 'The registers in front of the MSC, and the choices that the architecture leaves open.',
  });
