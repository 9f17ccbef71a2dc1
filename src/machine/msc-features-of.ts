/** Monitors and MSC fronts of a draft, with the defaults filled in. */

import type { CsuFeatures, MbwuFeatures, MonitorFeatures, MscFrontFeatures } from '../memory/msc-config.ts';
import { FRONT_DEFAULTS } from '../memory/msc-front/front-defaults.ts';
import { quirkIidr } from '../memory/msc-front/quirks.ts';
import type { CsuDraft, FrontDraft, MonitorsDraft, Partly } from './bandwidth-draft.ts';
import { known } from './topology-draft.ts';

/** No capture, no overflow registers, every filter. */
const PLAIN_MONITORS = {
  numMon: 8,
  hasCapture: false,
  hasOfsr: false,
  hasOflowLnkg: false,
  hasOflowCapt: false,
  hasCevntOflw: false,
  noMatchPartid: false,
  noMatchPmg: false,
} as const;

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

/** The front that a draft describes: as usual where the draft says nothing, but for the IIDR by which Linux knows a quirk (K 4). */
export function frontOf({ nrdy, ingress, egress, ...draft }: FrontDraft = {}): MscFrontFeatures {
  return {
    ...FRONT_DEFAULTS,
    ...known(draft),
    ingress: ingress && { ...TRANSLATION_DEFAULTS, ...known(ingress) },
    egress: egress && { ...TRANSLATION_DEFAULTS, ...known(egress) },
    iidr: draft.iidr ?? quirkIidr(draft.quirks ?? []) ?? FRONT_DEFAULTS.iidr,
    nrdyNs: nrdy ?? FRONT_DEFAULTS.nrdyNs,
  };
}

/** Translation of the default PE's PARTIDs by a table. */
export const TRANSLATION_DEFAULTS = { partidMax: 63, hasDirect: true, hasBaseMask: false } as const;
