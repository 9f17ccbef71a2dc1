/** What bandwidth, monitors and MSC features can be together (A 2.3, 3.6, 3.8, 4), and what a machine can do with them. */
import type { MonitorFeatures, MscFeatures, MscFrontFeatures } from '../memory/msc-config.ts';
import {
  type BandwidthResourceFeatures,
  LINE_TIME_UNITS_PER_PS,
  lineTimeOf,
  type RegulationSpec,
} from './bandwidth-spec.ts';
import { isOutermost } from './capacity.ts';
import { type CacheSpec, LEVEL_NAMES, type LevelSpec, TOPOLOGY_LIMITS, type TopologySpec } from './topology.ts';
import type { TellProblem } from './topology-problem.ts';

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
  tellFrontProblems(msc.front, nested(tell, 'msc'));
  tellMonitorProblems(msc.monitors, nested(tell, 'monitors'));
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
  if (msc !== undefined) tellFrontProblems(msc, nested(tell, 'msc'));
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
  { window }: RegulationSpec,
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
  const longest = largestMovingWinwd(lineTime);
  if (window === 'moving' && controls.winwd > longest) {
    const allowed = `at most ${(longest / 256).toFixed(3)} us where the window is moving`;
    const reason = `a channel remembers ${TOPOLOGY_LIMITS.windowLines.max} lines`;
    tell(['controls', 'windowLength'], `${controls.winwd / 256} us`, allowed, reason);
  }
}

/** The longest accounting window, as MBW_WINWD, whose lines a channel can remember one by one. */
export function largestMovingWinwd(lineTime: number): number {
  const shortestLinePs = Math.max(1, Math.floor(lineTime / LINE_TIME_UNITS_PER_PS));
  return Math.floor((TOPOLOGY_LIMITS.windowLines.max * shortestLinePs * 256) / 1e6);
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

/** What v1.0 does not have is left out of its registers by the front itself (A 1). */
function tellFrontProblems(front: MscFrontFeatures, tell: TellProblem): void {
  if (front.hasErrMsi && !front.hasEsr) tell(['hasErrMsi'], true, 'false without hasEsr');
}

function nested(tell: TellProblem, key: string): TellProblem {
  return (below, ...words) => tell([key, ...below], ...words);
}

function isPowerOfTwo(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0;
}
