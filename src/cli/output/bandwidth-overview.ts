/** Memories with a bandwidth, and what MSCs have beyond cache partitioning, as tables of text. */
import {
  type BandwidthResourceFeatures,
  lineTimeOf,
  type MemoryBandwidthSpec,
  type MemorySideSpec,
  type RegulationSpec,
} from '../../machine/bandwidth-spec.ts';
import { cachesOfDomain, memoryCount } from '../../machine/capacity.ts';
import { LEVEL_NAMES, type LevelSpec, type TopologySpec } from '../../machine/topology.ts';
import type { MonitorFeatures, MscFeatures, MscFrontFeatures } from '../../memory/msc-config.ts';
import { FRONT_DEFAULTS } from '../../memory/msc-front/front-defaults.ts';
import { formatBandwidth } from '../../scenario/bandwidth-quantity.ts';
import { formatSize } from '../../scenario/memory-size.ts';
import { formatDuration } from '../../scenario/quantities.ts';
import { windowText } from './partition-text.ts';
import { type Cell, table } from './table.ts';

/** The memories; none where their bandwidth is unlimited. */
export function memoryTable(topology: TopologySpec, peCount: number): string[] {
  const { bandwidth } = topology.memory;
  if (bandwidth === undefined) return [];
  const { bytesPerSecond, channels, interleaveBytes, mode, writeBufferLines } = bandwidth;
  const rate = bytesPerSecond / channels;
  const row: Cell[] = [
    ...['memory', memoryCount(topology, peCount), formatBandwidth(bytesPerSecond), channels],
    ...[formatBandwidth(Math.round(rate)), lineTimeText(topology.lineBytes, rate), formatSize(interleaveBytes)],
    ...[mode, writeBufferLines],
  ];
  const columns = ['memory', 'memories', 'bandwidth', 'channels', 'of each', 'a line', 'interleaved', 'mode'];
  return [table([...columns, 'write buffer'], [row])];
}

/** What MSCs have beside cache partitioning; none where that is all. */
export function resourceTables(topology: TopologySpec, peCount: number): string[] {
  const mscs = [...cachesWithMore(topology, peCount), ...memories(topology, peCount)];
  if (mscs.length === 0) return [];
  const regulated = mscs.flatMap(({ name, regulation, controls }): Cell[][] =>
    regulation === undefined || controls === undefined
      ? []
      : [[name, accountingText(regulation, topology), controlsText(controls)]],
  );
  const resources = mscs.map(({ name, number, ris, resource, features, monitors, front }): Cell[] => {
    const { partidMax, pmgMax } = features;
    return [name, number, ris, resource, partidMax, pmgMax, monitorsText(monitors), frontText(front)];
  });
  return [
    ...(regulated.length === 0
      ? []
      : [table(['regulated', 'accounting', 'bandwidth and priority controls'], regulated)]),
    table(['MSC', 'MSCs', 'RIS', 'resource', 'PARTID_MAX', 'PMG_MAX', 'monitors', 'front'], resources),
  ];
}

/** MSCs that are alike. */
interface AlikeMscs {
  readonly name: string;
  readonly number: number;
  readonly ris: string;
  readonly resource: string;
  readonly features: MscFeatures;
  readonly regulation: RegulationSpec | undefined;
  readonly controls: BandwidthResourceFeatures | undefined;
  readonly monitors: MonitorFeatures | undefined;
  readonly front: MscFrontFeatures;
}

function cachesWithMore(topology: TopologySpec, peCount: number): AlikeMscs[] {
  return topology.levels.flatMap((level) =>
    level.domains.flatMap((cache, at): AlikeMscs[] => {
      const number = cachesOfDomain(level, at, peCount);
      const { controls: features, memorySide, monitors, msc } = cache;
      const isPlain = !level.oneMsc && [memorySide, monitors, msc].every((part) => part === undefined);
      if (number === 0 || features === undefined || isPlain) return [];
      const kind = level.oneMsc && level.domains.length > 1 ? `cache, domain ${at}` : 'cache';
      const resource = memorySide === undefined ? kind : `${kind}, memory side ${sideRate(memorySide, topology)}`;
      const regulated = { regulation: memorySide, controls: memorySide?.controls };
      const which = {
        name:
          level.oneMsc || level.domains.length === 1
            ? LEVEL_NAMES[level.key]
            : `${LEVEL_NAMES[level.key]} domain ${at}`,
        number: level.oneMsc ? 1 : number,
        ris: level.oneMsc ? risOfDomain(level, at, number) : '0',
      };
      return [{ ...which, resource, features, ...regulated, monitors, front: msc ?? FRONT_DEFAULTS }];
    }),
  );
}

/** The caches of a domain, as resources of the level's MSC. */
function risOfDomain({ domains }: LevelSpec, at: number, number: number): string {
  const step = domains.length;
  const last = at + (number - 1) * step;
  if (number > 1 && step === 1) return `${at}-${last}`;
  return Array.from({ length: number }, (_, cache) => at + cache * step).join(', ');
}

function sideRate({ bytesPerSecond }: MemorySideSpec, { memory }: TopologySpec): string {
  return formatBandwidth(bytesPerSecond ?? memory.bandwidth?.bytesPerSecond ?? 0);
}

function memories(topology: TopologySpec, peCount: number): AlikeMscs[] {
  const { bandwidth } = topology.memory;
  if (bandwidth?.msc === undefined) return [];
  const { intpartidMax } = bandwidth.msc.features;
  const narrowing = intpartidMax === undefined ? '' : `, narrowing to ${intpartidMax + 1}`;
  const number = memoryCount(topology, peCount);
  const resource = `channel${narrowing}`;
  return [{ name: 'memory', number, ris: risText(bandwidth), resource, regulation: bandwidth, ...bandwidth.msc }];
}

function risText({ channels }: MemoryBandwidthSpec): string {
  return channels === 1 ? '0' : `0-${channels - 1}`;
}

function lineTimeText(lineBytes: number, bytesPerSecond: number): string {
  return `${Number((lineTimeOf(lineBytes, bytesPerSecond) / 65_536 / 1000).toFixed(3))}ns`;
}

/** The closed form knows load, and neither windows nor the order of requests. */
function accountingText({ window, turnaroundNs, starvationNs }: RegulationSpec, { memory }: TopologySpec): string {
  const { mode, closedFormIntervalNs } = memory.bandwidth!;
  if (mode === 'closed-form') return `load of the last ${formatDuration(closedFormIntervalNs)}`;
  const turnaround = turnaroundNs === 0 ? '' : `, turnaround ${formatDuration(turnaroundNs)}`;
  const starvation = starvationNs === 0 ? 'no starvation limit' : `starvation limit ${formatDuration(starvationNs)}`;
  return `${window} window, ${starvation}${turnaround}`;
}

function controlsText(controls: BandwidthResourceFeatures): string {
  const { bwaWd, hasMin, hasMax, maxLimit, bwpbmWd, hasProp, winwd, windwr, intpriWd, dspriWd } = controls;
  const limits = maxLimit === 'both' ? 'soft or hard' : maxLimit;
  return listText([
    hasMin && `MIN ${bwaWd} bits`,
    hasMax && `MAX ${bwaWd} bits (${limits})`,
    (hasMin || hasMax) && `window ${windowText(winwd)}${windwr ? ' (writable)' : ''}`,
    bwpbmWd > 0 && `${bwpbmWd} portions`,
    hasProp && `stride ${bwaWd} bits`,
    intpriWd > 0 && `INTPRI ${intpriWd} bits${controls.intpri0IsLow ? '' : ' (0 is high)'}`,
    dspriWd > 0 && `DSPRI ${dspriWd} bits${controls.dspri0IsLow ? '' : ' (0 is high)'}`,
  ]);
}

function monitorsText(monitors: MonitorFeatures | undefined): string {
  const { csu, mbwu } = monitors ?? {};
  const ofCsu = csu && [csu.hasCapture && 'capture', csu.hasXcl && 'XCL', csu.isReadOnly && 'read-only'];
  const bits = mbwu?.longBits === 0 ? '31 bits' : `31 and ${mbwu?.longBits} bits`;
  const ofMbwu = mbwu && [bits, mbwu.hasCapture && 'capture', mbwu.hasRwbw && 'RWBW'];
  return listText([csu && `${csu.numMon} CSU${inBrackets(ofCsu)}`, mbwu && `${mbwu.numMon} MBWU${inBrackets(ofMbwu)}`]);
}

function frontText({ version, hasEsr, interrupt, nrdyNs, quirks }: MscFrontFeatures): string {
  const nrdy = nrdyNs > 0 && `NRDY ${formatDuration(nrdyNs)}`;
  return listText([version, hasEsr && `ESR (${interrupt})`, nrdy, ...quirks]);
}

function inBrackets(words: readonly (string | false)[] = []): string {
  const text = listText(words);
  return text === '' ? '' : ` (${text})`;
}

function listText(words: readonly (string | false | undefined)[]): string {
  return words.filter((word) => typeof word === 'string').join(', ');
}
