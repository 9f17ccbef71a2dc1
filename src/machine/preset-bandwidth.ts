/** The bandwidth, monitors and MSC fronts of a preset, as drafts of a topology. */
import { MSC_QUIRKS, type MscQuirk } from '../memory/msc-config.ts';
import type { FrontDraft, MemoryBandwidthDraft, MemoryControlsDraft, MonitorsDraft } from './bandwidth-draft.ts';
import type { Preset } from './presets/preset.ts';

/** What the preset says of memory, beside its latency. */
export function presetMemory(preset: Preset): MemoryBandwidthDraft {
  const { bytesPerSecond, per, channels } = preset.bandwidth;
  const monitors = mbwuOf(preset);
  const controls = memoryControls(preset);
  return {
    bandwidth: bytesPerSecond.value,
    per: per.value,
    channels: channels.value,
    controls,
    ...(controls === 'none' && monitors === undefined ? {} : { monitors, msc: presetFront(preset) }),
  };
}

/** The monitors of its shared caches. */
export function presetCacheMonitors({ monitors }: Preset): MonitorsDraft {
  const { csu, csuHasCapture, csuHasXcl } = monitors;
  if (csu.value === 0) return { csu: 'none' };
  return { csu: { numMon: csu.value, hasCapture: csuHasCapture.value, hasXcl: csuHasXcl.value } };
}

/** The front of all of its MSCs. */
export function presetFront({ monitors, quirks }: Preset): FrontDraft {
  const hasOverflow = monitors.mbwuHasOverflow.value;
  return {
    hasEsr: !quirks.value.includes('no ESR'),
    hasOflowSr: hasOverflow,
    hasOflowInterrupt: hasOverflow,
    hasLocalCaptEvnt: monitors.csuHasCapture.value || monitors.mbwuHasCapture.value,
    quirks: quirks.value.filter(isMscQuirk),
  };
}

/** The other quirks of a preset are in its topology: which MSCs there are, and where PARTIDs are narrowed. */
function isMscQuirk(quirk: string): quirk is MscQuirk {
  return MSC_QUIRKS.some((known) => known === quirk);
}

function memoryControls({ bandwidth, partids, pmgs }: Preset): MemoryControlsDraft | 'none' {
  const { hasMin, hasMax, hasProp, hasPri, maxLimit, bwaWd, bwpbmWd } = bandwidth;
  if (!hasMin.value && !hasMax.value && !hasProp.value && !hasPri.value && bwpbmWd.value === 0) return 'none';
  const { requestPartids = partids, internalPartids, windwr, intpriWd } = bandwidth;
  return {
    partidMax: requestPartids.value - 1,
    pmgMax: pmgs.value - 1,
    intpartidMax: internalPartids === undefined ? undefined : internalPartids.value - 1,
    hasMin: hasMin.value,
    hasMax: hasMax.value,
    maxLimit: maxLimit.value === 'none' ? undefined : maxLimit.value,
    bwaWd: bwaWd.value,
    bwpbmWd: bwpbmWd.value,
    hasProp: hasProp.value,
    windwr: windwr?.value,
    intpriWd: intpriWd?.value,
  };
}

/** The monitors of each channel. */
function mbwuOf({ monitors }: Preset): MonitorsDraft | undefined {
  const { mbwu, mbwuBits, mbwuHasRwbw, mbwuHasOverflow, mbwuHasCapture } = monitors;
  if (mbwu.value === 0) return undefined;
  const hasOverflow = mbwuHasOverflow.value;
  return {
    mbwu: {
      numMon: mbwu.value,
      longBits: mbwuBits.value === 31 ? 0 : mbwuBits.value,
      hasRwbw: mbwuHasRwbw.value,
      hasCapture: mbwuHasCapture.value,
      hasOfsr: hasOverflow,
      hasOflowLnkg: hasOverflow,
      hasCevntOflw: hasOverflow,
      hasOflowCapt: hasOverflow && mbwuHasCapture.value,
    },
  };
}
