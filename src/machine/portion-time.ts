/**
 * Time slots of MBW_PBM and the lines in them. A line must begin in a slot of its partition and may end in the next one, so slots
 * that are no whole number of lines give away what is left of them, and shares are not what the bitmaps say (docs/bandwidth.md).
 */
import {
  type BandwidthResourceFeatures,
  LINE_TIME_UNITS_PER_PS,
  lineTimeOf,
  type RegulationSpec,
} from './bandwidth-spec.ts';
import type { TopologySpec } from './topology.ts';

/** How much of a slot may be more or less than whole lines: a slot is in ns, and lines seldom are. */
const TOLERANCE = 1 / 100;

interface UnfitPortion {
  readonly portionNs: number;
  readonly lineNs: number;
  /** The next longer slot that would do, ns. */
  readonly nextNs: number;
}

/**
 * What is wrong with the length of time slots; undefined: nothing, or there are none.
 * @param lineTime of the channel, as ChannelConfig has it.
 */
export function unfitPortion(
  { portionNs }: RegulationSpec,
  controls: BandwidthResourceFeatures | undefined,
  lineTime: number,
): UnfitPortion | undefined {
  const lineNs = lineTime / LINE_TIME_UNITS_PER_PS / 1000;
  if (portionNs === undefined || controls === undefined || controls.bwpbmWd === 0) return undefined;
  if (holdsWholeLines(portionNs, lineNs)) return undefined;
  let lines = Math.max(1, Math.ceil(portionNs / lineNs));
  while (!holdsWholeLines(Math.round(lines * lineNs), lineNs)) lines++;
  return { portionNs, lineNs, nextNs: Math.round(lines * lineNs) };
}

/** The same of any channel of a machine. */
export function unfitPortionOf({ levels, memory: { bandwidth }, lineBytes }: TopologySpec): UnfitPortion | undefined {
  if (bandwidth === undefined) return undefined;
  const { bytesPerSecond, channels, msc } = bandwidth;
  const ofMemory = unfitPortion(bandwidth, msc?.controls, lineTimeOf(lineBytes, bytesPerSecond / channels));
  const sides = levels.flatMap(({ domains }) => domains.flatMap(({ memorySide }) => memorySide ?? []));
  const ofSides = sides.flatMap((side) => {
    return unfitPortion(side, side.controls, lineTimeOf(lineBytes, side.bytesPerSecond ?? bytesPerSecond)) ?? [];
  });
  return ofMemory ?? ofSides[0];
}

function holdsWholeLines(portionNs: number, lineNs: number): boolean {
  const lines = portionNs / lineNs;
  const whole = Math.round(lines);
  return whole > 0 && Math.abs(lines - whole) <= TOLERANCE * lines;
}
