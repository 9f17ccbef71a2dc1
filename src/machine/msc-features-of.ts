/** Monitors and MSC fronts of a draft, with the defaults filled in. */

import { DEFAULT_PE_FEATURES } from '../arch/features.ts';
import { MONITORS_OF_VERSION_1 } from '../memory/feature-version.ts';
import type {
  CsuFeatures,
  MbwuFeatures,
  MonitorFeatures,
  MscFeatures,
  MscFrontFeatures,
} from '../memory/msc-config.ts';
import { FRONT_DEFAULTS } from '../memory/msc-front/front-defaults.ts';
import { quirkIidr } from '../memory/quirks.ts';
import type { CsuDraft, FrontDraft, MonitorsDraft, Partly } from './bandwidth-draft.ts';
import { known } from './topology-draft.ts';

/** Its NRDY never clears once it is set (K 4), so there has to be a time to settle in. */
export const NRDY_QUIRK = 'CMN-650-3642720';
/** What monitors with that quirk take to settle where a draft does not say, ns. */
export const QUIRK_NRDY_NS = 10_000;

/**
 * What an MSC has for all of its resources where a draft says nothing: the PARTIDs of the default PE, and PARTID disable, which
 * came with v1.1.
 */
export function mscDefaults(version: FrontDraft['version']): MscFeatures {
  return {
    partidMax: DEFAULT_PE_FEATURES.partidMax,
    pmgMax: DEFAULT_PE_FEATURES.pmgMax,
    hasEndis: version !== 'v1.0',
    hasNfu: false,
    intpartidMax: undefined,
    outOfRange: 'default',
    reset: 'defaults',
  };
}

/** No capture, no overflow registers, every filter. */
const PLAIN_MONITORS = { ...MONITORS_OF_VERSION_1, numMon: 8, hasCapture: false } as const;

/** What holds where a draft says nothing; 44 bits are what SBSA asks of MBWU monitors (A 6.1). */
export const MONITOR_DEFAULTS = {
  csu: { ...PLAIN_MONITORS, hasXcl: false, isReadOnly: false },
  mbwu: { ...PLAIN_MONITORS, hasRwbw: false, longBits: 44, scale: 0 },
} as const satisfies { readonly csu: CsuFeatures; readonly mbwu: MbwuFeatures };

/** The monitors that a draft asks for; undefined: none. */
export function monitorsOf({ csu = 'none', mbwu = 'none' }: MonitorsDraft = {}): MonitorFeatures | undefined {
  if (csu === 'none' && mbwu === 'none') return undefined;
  return { csu: csu === 'none' ? undefined : csuOf(csu), mbwu: mbwu === 'none' ? undefined : mbwuOf(mbwu) };
}

function csuOf({ readOnly, ...draft }: CsuDraft): CsuFeatures {
  const { csu } = MONITOR_DEFAULTS;
  return { ...csu, ...known(draft), isReadOnly: readOnly ?? csu.isReadOnly };
}

function mbwuOf(draft: Partly<MbwuFeatures>): MbwuFeatures {
  return { ...MONITOR_DEFAULTS.mbwu, ...known(draft) };
}

/**
 * The front that a draft describes: as usual where the draft says nothing, but for what v1.0 does not have, and for the IIDR by
 * which Linux knows a quirk (K 4).
 */
export function frontOf({ nrdy, ingress, egress, ...draft }: FrontDraft = {}): MscFrontFeatures {
  const { quirks = [], hasEsr = FRONT_DEFAULTS.hasEsr } = draft;
  const isOld = draft.version === 'v1.0';
  return {
    ...FRONT_DEFAULTS,
    hasExtdEsr: hasEsr && !isOld,
    hasOflowSr: !isOld,
    ...known(draft),
    ingress: ingress && { ...TRANSLATION_DEFAULTS, ...known(ingress) },
    egress: egress && { ...TRANSLATION_DEFAULTS, ...known(egress) },
    iidr: draft.iidr ?? quirkIidr(quirks) ?? FRONT_DEFAULTS.iidr,
    nrdyNs: nrdy ?? (quirks.includes(NRDY_QUIRK) ? QUIRK_NRDY_NS : FRONT_DEFAULTS.nrdyNs),
  };
}

/** Translation of the default PE's PARTIDs by a table. */
export const TRANSLATION_DEFAULTS = { partidMax: 63, hasDirect: true, hasBaseMask: false } as const;
