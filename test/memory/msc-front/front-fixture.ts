/** A front over real settings and real monitors of an MSC with two resources, and what it told. */
import { packLabel } from '../../../src/arch/label.ts';
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import type { MonitorEvent } from '../../../src/memory/monitors/monitor-event.ts';
import { MonitorSet } from '../../../src/memory/monitors/monitor-set.ts';
import type {
  BandwidthControlFeatures,
  CsuFeatures,
  MbwuFeatures,
  MscConfig,
  MscFeatures,
  MscFrontFeatures,
  ResourceConfig,
} from '../../../src/memory/msc-config.ts';
import { FRONT_DEFAULTS } from '../../../src/memory/msc-front/front-defaults.ts';
import type { ErrorEvent, FrontEvent, InterruptEvent } from '../../../src/memory/msc-front/front-event.ts';
import { MscFront } from '../../../src/memory/msc-front/msc-front.ts';
import type { MscRegisterChange } from '../../../src/memory/msc-register-change.ts';
import { MscControls } from '../../../src/memory/settings/msc-controls.ts';

export const S = 0;
export const NS = 1;
export const ROOT = 2;
export const REALM = 3;

export const FEATURES: MscFeatures = {
  partidMax: 46,
  pmgMax: 3,
  hasEndis: true,
  hasNfu: true,
  intpartidMax: undefined,
  outOfRange: 'default',
  reset: 'defaults',
};

const MONITOR_TYPE = {
  hasCapture: true,
  hasOfsr: true,
  hasOflowLnkg: true,
  hasOflowCapt: true,
  hasCevntOflw: true,
  noMatchPartid: false,
  noMatchPmg: false,
};
export const CSU: CsuFeatures = { ...MONITOR_TYPE, numMon: 4, hasXcl: true, isReadOnly: false };
const MBWU: MbwuFeatures = { ...MONITOR_TYPE, numMon: 8, hasRwbw: true, longBits: 63, scale: 4 };

export const BANDWIDTH: BandwidthControlFeatures = {
  bwaWd: 7,
  hasMin: true,
  hasMax: true,
  maxLimit: 'both',
  bwpbmWd: 36,
  hasProp: true,
  windwr: true,
  winwd: 0x0a00,
};

/** RIS 0: a cache with everything, and its memory side. */
export const CACHE: ResourceConfig = {
  ris: 0,
  cache: 0,
  channel: 0,
  cacheControls: {
    ...FEATURES,
    cpbmWd: 40,
    portionKind: 'ways',
    cmaxWd: 8,
    hasCmax: true,
    hasSoftlim: true,
    hasCmin: true,
    cassocWd: 4,
    victimPreference: 'ladder',
  },
  bandwidth: BANDWIDTH,
  priority: { intpriWd: 3, intpri0IsLow: true, dspriWd: 5, dspri0IsLow: false },
  monitors: { csu: CSU, mbwu: MBWU },
};

/** RIS 2, after a gap: a channel with a maximum alone, and a counter. */
export const CHANNEL: ResourceConfig = {
  ris: 2,
  cache: undefined,
  channel: 1,
  cacheControls: undefined,
  bandwidth: { ...BANDWIDTH, bwaWd: 16, hasMin: false, bwpbmWd: 0, hasProp: false },
  priority: undefined,
  monitors: { csu: undefined, mbwu: { ...MBWU, numMon: 2, longBits: 0 } },
};

/** All registers of A 2.2 but those of narrowing and translation, which exclude or need something else. */
const FRONT: MscFrontFeatures = { ...FRONT_DEFAULTS, hasErrMsi: true, hasOflwMsi: true, iidr: 0x12345678 };

export interface FrontOptions {
  readonly seed?: number;
  readonly features?: Partial<MscFeatures>;
  readonly front?: Partial<MscFrontFeatures>;
  readonly resources?: readonly ResourceConfig[];
}

function mscConfig({ features, front, resources = [CACHE, CHANNEL] }: FrontOptions = {}): MscConfig {
  return {
    name: 'l3-0',
    features: { ...FEATURES, ...features },
    front: { ...FRONT, ...front },
    resources: resources.map((resource) => ({
      ...resource,
      cacheControls: resource.cacheControls && { ...resource.cacheControls, ...features },
    })),
  };
}

export interface FrontFixture {
  readonly front: MscFront;
  readonly controls: MscControls;
  readonly monitors: MonitorSet;
  /** Everything that was told, in order. */
  readonly log: (FrontEvent | MonitorEvent)[];
  readonly changes: () => MscRegisterChange[];
  readonly errors: () => ErrorEvent[];
  readonly interrupts: () => InterruptEvent[];
  /** Bring `bytes` more of reads past the memory side under Non-secure PARTID 1. */
  readonly count: (bytes: number) => void;
}

const LINE_BYTES = 64;

export function frontOf(options: FrontOptions = {}): FrontFixture {
  const config = mscConfig(options);
  const log: (FrontEvent | MonitorEvent)[] = [];
  let lines = 0;
  const controls = new MscControls({ config, seed: options.seed ?? 1 }, [], (change) =>
    log.push({ type: 'register', change }),
  );
  const sources = {
    lineBytes: LINE_BYTES,
    ownerCount: () => FIRST_OWNER + 1,
    label: () => packLabel(NS, 1, 0),
    occupancyLines: () => lines,
    dirtyLines: () => new Uint32Array(FIRST_OWNER + 1),
    readLines: () => lines,
    writtenLines: () => 0,
    linesPerSecondMax: () => undefined,
  };
  const monitors = new MonitorSet(
    config,
    sources,
    () => 0,
    (event) => {
      log.push(event);
      front.monitorEvent(event);
    },
  );
  const front = new MscFront(config, controls, monitors, (event) => log.push(event));
  return {
    front,
    controls,
    monitors,
    log,
    changes: () => log.flatMap((event) => (event.type === 'register' ? [event.change] : [])),
    errors: () => log.flatMap((event) => (event.type === 'error' ? [event] : [])),
    interrupts: () => log.flatMap((event) => (event.type === 'interrupt' ? [event] : [])),
    count: (bytes) => {
      lines += bytes / LINE_BYTES;
      monitors.sync(0);
    },
  };
}

/** Offsets, typed from A 2.2. */
export const AT = {
  IDR: 0x0000,
  SIDR: 0x0008,
  IIDR: 0x0018,
  AIDR: 0x0020,
  IMPL_IDR: 0x0028,
  CPOR_IDR: 0x0030,
  CCAP_IDR: 0x0038,
  MBW_IDR: 0x0040,
  PRI_IDR: 0x0048,
  PARTID_NRW_IDR: 0x0050,
  MSMON_IDR: 0x0080,
  CSUMON_IDR: 0x0088,
  MBWUMON_IDR: 0x0090,
  ERR_MSI_MPAM: 0x00dc,
  ERR_MSI_ADDR_L: 0x00e0,
  ERR_MSI_ADDR_H: 0x00e4,
  ERR_MSI_DATA: 0x00e8,
  ERR_MSI_ATTR: 0x00ec,
  ECR: 0x00f0,
  ESR: 0x00f8,
  PART_SEL: 0x0100,
  CMAX: 0x0108,
  CMIN: 0x0110,
  CASSOC: 0x0118,
  MBW_MIN: 0x0200,
  MBW_MAX: 0x0208,
  MBW_WINWD: 0x0220,
  EN: 0x0300,
  DIS: 0x0310,
  EN_FLAGS: 0x0320,
  PRI: 0x0400,
  MBW_PROP: 0x0500,
  INTPARTID: 0x0600,
  MON_SEL: 0x0800,
  CAPT_EVNT: 0x0808,
  CSU_FLT: 0x0810,
  CSU_CTL: 0x0818,
  MBWU_FLT: 0x0820,
  MBWU_CTL: 0x0828,
  CSU: 0x0840,
  CSU_CAPTURE: 0x0848,
  CSU_OFSR: 0x0858,
  MBWU: 0x0860,
  MBWU_CAPTURE: 0x0868,
  MBWU_L: 0x0880,
  MBWU_L_CAPTURE: 0x0890,
  MBWU_OFSR: 0x0898,
  OFLOW_MSI_MPAM: 0x08dc,
  OFLOW_MSI_ADDR_L: 0x08e0,
  OFLOW_MSI_ADDR_H: 0x08e4,
  OFLOW_MSI_DATA: 0x08e8,
  OFLOW_MSI_ATTR: 0x08ec,
  OFLOW_SR: 0x08f0,
  CPBM: 0x1000,
  MBW_PBM: 0x2000,
  IN_TL_IDR: 0x3000,
  IN_TL: 0x3008,
  IN_TL_BASE: 0x3010,
  IN_TL_MASK: 0x3018,
  OUT_TL_IDR: 0x3200,
  OUT_TL: 0x3208,
  OUT_TL_BASE: 0x3210,
  OUT_TL_MASK: 0x3218,
} as const;

/** PART_SEL and MON_SEL values. */
export const sel = (id: number, ris = 0): number => id | (ris << 24);
export const INTERNAL = 1 << 16;
export const INGRESS_TL = 1 << 17;
export const DEFAULT_PARTID = 1 << 18;
