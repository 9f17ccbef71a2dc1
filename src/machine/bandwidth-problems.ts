/** What bandwidth, monitors and MSC features can be together (A 2.3, 3.6, 3.8, 4), and what a machine can do with them. */
import { largestWinwd, winwdUs } from '../arch/accounting-window.ts';
import { MOVING_WINDOW_LINES_MAX } from '../memory/bandwidth-config.ts';
import type { MonitorFeatures, MscFeatures, MscFrontFeatures } from '../memory/msc-config.ts';
import {
  type BandwidthResourceFeatures,
  LINE_TIME_UNITS_PER_PS,
  lineTimeOf,
  type RegulationSpec,
} from './bandwidth-spec.ts';
import { isOutermost } from './capacity.ts';
import { NRDY_QUIRK, QUIRK_NRDY_NS } from './msc-features-of.ts';
import { unfitPortion } from './portion-time.ts';
import { type CacheSpec, LEVEL_NAMES, type LevelSpec, TOPOLOGY_LIMITS, type TopologySpec } from './topology.ts';
import type { TellProblem } from './topology-problem.ts';
import { tellVersionProblems } from './version-problems.ts';

/** Tell every rule that the bandwidth of memory breaks. */
export function tellMemoryProblems({ memory: { bandwidth }, lineBytes }: TopologySpec, tell: TellProblem): void {
  if (bandwidth === undefined) return;
  const { interleaveBytes, channels, bytesPerSecond, msc } = bandwidth;
  if (!isPowerOfTwo(interleaveBytes) || interleaveBytes < lineBytes) {
    tell(['interleave'], interleaveBytes, `a power of two, at least a line of ${lineBytes} bytes`);
  }
  tellRegulationProblems(bandwidth, msc?.controls, lineTimeOf(lineBytes, bytesPerSecond / channels), tell);
  if (msc === undefined) return;
  tellMscProblems(msc.features, nested(tell, 'controls'));
  tellFrontProblems(msc.front, msc.monitors, nested(tell, 'msc'));
  tellMonitorProblems(msc.monitors, nested(tell, 'monitors'));
  tellVersionProblems(msc.front, { controls: msc.features, monitors: msc.monitors }, tell);
  if (msc.front.version === 'v1.0' && channels > 1) {
    const hint = 'give memory one channel, or let its msc be of version v1.1';
    tell(['channels'], channels, '1 with MSCs of version v1.0, which have no RIS', hint);
  }
  if (msc.monitors.csu !== undefined) {
    tell(['monitors', 'csu'], 'set', 'mbwu only: memory keeps no lines', 'CSU monitors belong to a cache');
  }
}

/** Tell every rule that the MSC of a cache breaks beyond its controls. */
export function tellCacheMscProblems(
  cache: CacheSpec,
  level: LevelSpec,
  { levels, memory, lineBytes }: TopologySpec,
  tell: TellProblem,
): void {
  const { controls, monitors, msc, memorySide } = cache;
  if (controls === undefined) {
    const extra = (['monitors', 'msc', 'memorySide'] as const).find((key) => cache[key] !== undefined);
    const hint = 'controls: { cpbmWd: 0 } makes it an MSC without partitioning';
    if (extra !== undefined) tell([extra], 'set', 'nothing without controls', hint);
    return;
  }
  if (monitors !== undefined) tellMonitorProblems(monitors, nested(tell, 'monitors'));
  if (msc !== undefined) {
    tellFrontProblems(msc, monitors, nested(tell, 'msc'));
    tellVersionProblems(msc, { controls, monitors }, tell);
  }
  if (memorySide === undefined) return;
  const side = nested(tell, 'memorySide');
  if (memory.bandwidth === undefined) {
    side([], 'set', 'nothing without a bandwidth of memory', 'e.g. memory: { bandwidth: 25.6GB/s }');
  } else if (!isOutermost(level, levels)) {
    side([], 'set', `nothing: the misses of ${LEVEL_NAMES[level.key]} do not go to memory`);
  } else {
    const bytesPerSecond = memorySide.bytesPerSecond ?? memory.bandwidth.bytesPerSecond;
    tellRegulationProblems(memorySide, memorySide.controls, lineTimeOf(lineBytes, bytesPerSecond), side);
  }
}

/** Why lines would take longer than time can tell (ChannelConfig.lineTime); undefined: they do not. */
export function lineTimeProblem({ levels, memory: { bandwidth }, lineBytes }: TopologySpec): string | undefined {
  const rates = bandwidth === undefined ? [] : [bandwidth.bytesPerSecond / bandwidth.channels];
  for (const { domains } of levels)
    rates.push(...domains.flatMap(({ memorySide }) => memorySide?.bytesPerSecond ?? []));
  const { max } = TOPOLOGY_LIMITS.lineTime;
  const slow = rates.find((rate) => !(lineTimeOf(lineBytes, rate) <= max));
  if (slow === undefined) return undefined;
  const longest = Math.floor(max / LINE_TIME_UNITS_PER_PS / 1e6);
  return `a line of ${lineBytes} bytes takes more than ${longest} us at ${Math.floor(slow)} bytes/s`;
}

function tellRegulationProblems(
  regulation: RegulationSpec,
  controls: BandwidthResourceFeatures | undefined,
  lineTime: number,
  tell: TellProblem,
): void {
  const { min, max } = TOPOLOGY_LIMITS.lineTime;
  if (lineTime < min || lineTime > max) {
    tell(
      ['bandwidth'],
      `a line in ${lineTime / LINE_TIME_UNITS_PER_PS} ps`,
      `lines of at most ${max / LINE_TIME_UNITS_PER_PS} ps`,
    );
  }
  if (controls === undefined) return;
  tellControlProblems(controls, nested(tell, 'controls'));
  const unfit = unfitPortion(regulation, controls, lineTime);
  if (unfit !== undefined) {
    const { portionNs, lineNs, nextNs } = unfit;
    tell(
      ['portionTime'],
      `${portionNs} ns`,
      `a whole number of lines of ${Number(lineNs.toFixed(3))} ns`,
      `e.g. ${nextNs}ns`,
    );
  }
  const longest = largestMovingWinwd(lineTime);
  if (regulation.window === 'moving' && controls.winwd > longest) {
    const allowed = `at most ${winwdUs(longest).toFixed(3)} us where the window is moving`;
    const reason = `a channel remembers ${MOVING_WINDOW_LINES_MAX} lines`;
    tell(['controls', 'windowLength'], `${winwdUs(controls.winwd)} us`, allowed, reason);
  }
}

/** The longest accounting window, as MBW_WINWD, whose lines a channel can remember one by one. */
export function largestMovingWinwd(lineTime: number): number {
  const shortestLinePs = Math.max(1, Math.floor(lineTime / LINE_TIME_UNITS_PER_PS));
  return largestWinwd(MOVING_WINDOW_LINES_MAX * shortestLinePs);
}

function tellControlProblems(controls: BandwidthResourceFeatures, tell: TellProblem): void {
  const { bwaWd, hasMin, hasMax, hasProp, windwr, bwpbmWd } = controls;
  const needsWidth = hasMin || hasMax || hasProp;
  if (needsWidth && bwaWd === 0) tell(['bwaWd'], bwaWd, '1 to 16 with hasMin, hasMax or hasProp');
  if (!needsWidth && bwaWd > 0) tell(['bwaWd'], bwaWd, '0 without hasMin, hasMax and hasProp');
  if (windwr && !needsWidth && bwpbmWd === 0) tell(['windwr'], true, 'false without bandwidth controls');
}

function tellMscProblems({ hasNfu, hasEndis, intpartidMax, partidMax }: MscFeatures, tell: TellProblem): void {
  if (hasNfu && !hasEndis) tell(['hasNfu'], true, 'false without hasEndis');
  if (hasNfu && intpartidMax !== undefined) tell(['hasNfu'], true, 'false with PARTID narrowing (intpartidMax)');
  if (intpartidMax !== undefined && intpartidMax > partidMax) {
    tell(['intpartidMax'], intpartidMax, `at most partidMax, ${partidMax}`);
  }
}

function tellMonitorProblems({ mbwu }: MonitorFeatures, tell: TellProblem): void {
  if (mbwu === undefined) return;
  const { hasOflowCapt, hasCapture } = mbwu;
  if (hasOflowCapt && !hasCapture) tell(['mbwu', 'hasOflowCapt'], true, 'false without hasCapture');
}

function tellFrontProblems(front: MscFrontFeatures, monitors: MonitorFeatures | undefined, tell: TellProblem): void {
  const { hasErrMsi, hasExtdEsr, hasEsr, quirks, nrdyNs } = front;
  if (hasErrMsi && !hasEsr) tell(['hasErrMsi'], true, 'false without hasEsr');
  if (hasExtdEsr && !hasEsr) tell(['hasExtdEsr'], true, 'false without hasEsr');
  if (!quirks.includes(NRDY_QUIRK)) return;
  if (quirks.some((quirk) => quirk.startsWith('T241'))) {
    tell(['quirks'], quirks.join(' + '), 'quirks of one part', 'MPAMF_IIDR, by which they are known, names one part');
  }
  if (monitors?.csu === undefined) {
    tell(['quirks'], NRDY_QUIRK, 'no such quirk in an MSC without CSU monitors', 'it is about their NRDY');
  }
  if (nrdyNs === 0) {
    const hint = `without a time to settle NRDY is never set; leave it out for ${QUIRK_NRDY_NS / 1000}us`;
    tell(['nrdy'], 0, `more than 0 with quirk ${NRDY_QUIRK}, whose NRDY never clears`, hint);
  }
}

function nested(tell: TellProblem, key: string): TellProblem {
  return (below, ...words) => tell([key, ...below], ...words);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
