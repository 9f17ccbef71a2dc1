/**
 * The feature ID registers of an MSC: what its configuration reads as.
 *
 * Source: Arm IHI 0099 B.a 9.5 (A 2.3). Where PART_SEL.RIS names no resource, every HAS_ field of MPAMF_IDR is 0 but those that do
 * not vary by RIS, and nothing is an error (A 7 #12). There is no MPAMF_IMPL_IDR. CSU monitors cannot overflow here, so nothing
 * about overflow is there for them.
 */
import { MscRegister } from '../../arch/msc-registers.ts';
import type {
  BandwidthControlFeatures,
  CacheControlFeatures,
  CsuFeatures,
  MbwuFeatures,
  MscConfig,
  MscFrontFeatures,
  PriorityFeatures,
  ResourceConfig,
  TranslationFeatures,
} from '../msc-config.ts';

/** Values of fields by name; those left out are 0. */
export type IdFields = Readonly<Record<string, number>>;

const ARCHITECTURE = { 'v0.1': [0, 1], 'v1.0': [1, 0], 'v1.1': [1, 1] } as const;
const MAX_LIM = { both: 0, soft: 1, hard: 2 } as const;

/** What the ID registers hold while PART_SEL.RIS is `ris`. Registers that are not there are left out. */
export function idRegisters(config: MscConfig, ris: number): ReadonlyMap<MscRegister, IdFields> {
  const { features, front } = config;
  const resource = config.resources.find((candidate) => candidate.ris === ris);
  const [ArchMajorRev, ArchMinorRev] = ARCHITECTURE[front.version];
  const registers: [MscRegister, IdFields | undefined][] = [
    [MscRegister.MPAMF_IDR, idr(config, resource)],
    [MscRegister.MPAMF_SIDR, { S_PARTID_MAX: features.partidMax, S_PMG_MAX: features.pmgMax }],
    [MscRegister.MPAMF_IIDR, iidr(front.iidr)],
    [MscRegister.MPAMF_AIDR, { ArchMajorRev, ArchMinorRev }],
    [MscRegister.MPAMF_CPOR_IDR, hasPortions(resource) ? { CPBM_WD: resource!.cacheControls!.cpbmWd } : undefined],
    [MscRegister.MPAMF_CCAP_IDR, hasCapacity(resource) ? ccapIdr(resource!.cacheControls!) : undefined],
    [MscRegister.MPAMF_MBW_IDR, resource?.bandwidth && mbwIdr(resource.bandwidth)],
    [MscRegister.MPAMF_PRI_IDR, hasPriority(resource) ? priIdr(resource!.priority!) : undefined],
    [
      MscRegister.MPAMF_PARTID_NRW_IDR,
      features.intpartidMax === undefined ? undefined : { INTPARTID_MAX: features.intpartidMax },
    ],
    [MscRegister.MPAMF_MSMON_IDR, hasMonitors(resource) ? msmonIdr(front, resource!) : undefined],
    [MscRegister.MPAMF_CSUMON_IDR, resource?.monitors.csu && csumonIdr(resource.monitors.csu)],
    [MscRegister.MPAMF_MBWUMON_IDR, resource?.monitors.mbwu && mbwumonIdr(resource.monitors.mbwu)],
    [MscRegister.MPAMF_IN_TL_IDR, front.ingress && translationIdr('IN_PARTID_MAX', front.ingress)],
    [MscRegister.MPAMF_OUT_TL_IDR, front.egress && translationIdr('OUT_PARTID_MAX', front.egress)],
  ];
  return new Map(registers.filter((entry): entry is [MscRegister, IdFields] => entry[1] !== undefined));
}

function idr(config: MscConfig, resource: ResourceConfig | undefined): IdFields {
  const { features, front, resources } = config;
  const lower = {
    PARTID_MAX: features.partidMax,
    PMG_MAX: features.pmgMax,
    HAS_CCAP_PART: flag(hasCapacity(resource)),
    HAS_CPOR_PART: flag(hasPortions(resource)),
    HAS_MBW_PART: flag(resource?.bandwidth !== undefined),
    HAS_PRI_PART: flag(hasPriority(resource)),
    HAS_MSMON: flag(hasMonitors(resource)),
    HAS_PARTID_NRW: flag(features.intpartidMax !== undefined),
  };
  if (front.version === 'v1.0') return lower;
  const risMax = Math.max(...resources.map(({ ris }) => ris));
  return {
    ...lower,
    EXT: 1,
    SP4: flag(front.spaces === 4),
    HAS_ENDIS: flag(features.hasEndis),
    HAS_NFU: flag(features.hasNfu),
    RIS_MAX: risMax,
    ...(resource && { HAS_RIS: flag(risMax > 0), ...frontFields(front) }),
  };
}

function frontFields(front: MscFrontFeatures): IdFields {
  return {
    HAS_EXTD_ESR: flag(front.hasExtdEsr),
    HAS_ESR: flag(front.hasEsr),
    HAS_ERR_MSI: flag(front.hasErrMsi),
    HAS_IN_TL: flag(front.ingress !== undefined),
    HAS_OUT_TL: flag(front.egress !== undefined),
    HAS_DEFAULT_PARTID: flag(front.hasDefaultPartid),
  };
}

function iidr(value: number): IdFields {
  return {
    ProductID: value >>> 20,
    Variant: (value >>> 16) & 0xf,
    Revision: (value >>> 12) & 0xf,
    Implementer: value & 0xfff,
  };
}

function ccapIdr(controls: CacheControlFeatures): IdFields {
  return {
    CMAX_WD: controls.cmaxWd,
    CASSOC_WD: controls.cassocWd,
    HAS_CASSOC: flag(controls.cassocWd > 0),
    HAS_CMIN: flag(controls.cmaxWd > 0 && controls.hasCmin),
    NO_CMAX: flag(!(controls.cmaxWd > 0 && controls.hasCmax)),
    HAS_CMAX_SOFTLIM: flag(controls.cmaxWd > 0 && controls.hasCmax && controls.hasSoftlim),
  };
}

function mbwIdr(bandwidth: BandwidthControlFeatures): IdFields {
  return {
    BWA_WD: bandwidth.bwaWd,
    MAX_LIM: bandwidth.hasMax ? MAX_LIM[bandwidth.maxLimit] : 0,
    HAS_MIN: flag(bandwidth.hasMin),
    HAS_MAX: flag(bandwidth.hasMax),
    HAS_PBM: flag(bandwidth.bwpbmWd > 0),
    HAS_PROP: flag(bandwidth.hasProp),
    WINDWR: flag(bandwidth.windwr),
    BWPBM_WD: bandwidth.bwpbmWd,
  };
}

function priIdr(priority: PriorityFeatures): IdFields {
  return {
    HAS_INTPRI: flag(priority.intpriWd > 0),
    INTPRI_0_IS_LOW: flag(priority.intpriWd > 0 && priority.intpri0IsLow),
    INTPRI_WD: priority.intpriWd,
    HAS_DSPRI: flag(priority.dspriWd > 0),
    DSPRI_0_IS_LOW: flag(priority.dspriWd > 0 && priority.dspri0IsLow),
    DSPRI_WD: priority.dspriWd,
  };
}

function msmonIdr(front: MscFrontFeatures, { monitors }: ResourceConfig): IdFields {
  return {
    MSMON_CSU: flag(monitors.csu !== undefined),
    MSMON_MBWU: flag(monitors.mbwu !== undefined),
    HAS_OFLOW_SR: flag(front.hasOflowSr),
    HAS_OFLW_MSI: flag(front.hasOflwMsi),
    NO_HW_OFLW_INTR: flag(!front.hasOflowInterrupt),
    HAS_LOCAL_CAPT_EVNT: flag(front.hasLocalCaptEvnt),
  };
}

function csumonIdr(csu: CsuFeatures): IdFields {
  return { ...monitorType(csu), HAS_XCL: flag(csu.hasXcl), CSU_RO: flag(csu.isReadOnly) };
}

function mbwumonIdr(mbwu: MbwuFeatures): IdFields {
  return {
    ...monitorType(mbwu),
    HAS_OFLOW_CAPT: flag(mbwu.hasOflowCapt),
    HAS_CEVNT_OFLW: flag(mbwu.hasCevntOflw),
    HAS_OFSR: flag(mbwu.hasOfsr),
    HAS_OFLOW_LNKG: flag(mbwu.hasOflowLnkg),
    SCALE: mbwu.scale,
    HAS_RWBW: flag(mbwu.hasRwbw),
    LWD: flag(mbwu.longBits === 63),
    HAS_LONG: flag(mbwu.longBits > 0),
  };
}

function monitorType(monitor: CsuFeatures | MbwuFeatures): IdFields {
  return {
    NUM_MON: monitor.numMon,
    NO_MATCH_PMG: flag(monitor.noMatchPmg),
    NO_MATCH_PARTID: flag(monitor.noMatchPartid),
    HAS_CAPTURE: flag(monitor.hasCapture),
  };
}

function translationIdr(maximum: string, translation: TranslationFeatures): IdFields {
  return {
    [maximum]: translation.hasDirect ? translation.partidMax : 0,
    HAS_BASE_MASK: flag(translation.hasBaseMask),
    HAS_DIRECT_TL: flag(translation.hasDirect),
  };
}

function hasPortions(resource: ResourceConfig | undefined): boolean {
  return (resource?.cacheControls?.cpbmWd ?? 0) > 0;
}

function hasCapacity(resource: ResourceConfig | undefined): boolean {
  const controls = resource?.cacheControls;
  if (controls === undefined) return false;
  return controls.cassocWd > 0 || (controls.cmaxWd > 0 && (controls.hasCmax || controls.hasCmin));
}

function hasPriority(resource: ResourceConfig | undefined): boolean {
  return (resource?.priority?.intpriWd ?? 0) > 0 || (resource?.priority?.dspriWd ?? 0) > 0;
}

function hasMonitors(resource: ResourceConfig | undefined): boolean {
  return resource?.monitors.csu !== undefined || resource?.monitors.mbwu !== undefined;
}

function flag(condition: boolean): 0 | 1 {
  return condition ? 1 : 0;
}
