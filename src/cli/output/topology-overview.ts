/** Which caches and memories a scenario's machines have, and where the figures of a preset come from. */
import { cacheBytes, cachesOfDomain, machineTableBytes } from '../../machine/capacity.ts';
import { findPreset } from '../../machine/presets.ts';
import type { NamedFigure, Provenance } from '../../machine/provenance.ts';
import { type CacheSpec, LEVEL_NAMES, type TopologySpec } from '../../machine/topology.ts';
import type { CacheControlFeatures } from '../../memory/msc-config.ts';
import type { MachinePlan } from '../../run/run-plan.ts';
import { formatSize } from '../../scenario/memory-size.ts';
import { formatDuration } from '../../scenario/quantities.ts';
import { snakeCase } from '../../scenario/snake-case.ts';
import { memoryTable, resourceTables } from './bandwidth-overview.ts';
import { bytes, count } from './format.ts';
import { type Cell, table } from './table.ts';
import { heading } from './terminal.ts';

const LINE_LENGTH = 110;

/** The topology of every machine that has one, those that are alike together; empty if none has. */
export function describeTopology(machines: readonly MachinePlan[]): string {
  const names = new Map<string, string[]>();
  const parts: (readonly [MachinePlan, TopologySpec, string[]])[] = [];
  for (const machine of machines) {
    const { topology, peCount, name } = machine;
    if (topology === undefined) continue;
    const key = JSON.stringify([topology, peCount]);
    const alike = names.get(key);
    if (alike !== undefined) alike.push(name);
    else {
      const list = [name];
      names.set(key, list);
      parts.push([machine, topology, list]);
    }
  }
  return parts.map(([machine, topology, list]) => oneTopology(topology, machine.peCount, list)).join('\n\n');
}

function oneTopology(topology: TopologySpec, peCount: number, names: readonly string[]): string {
  const { scale, provenance } = topology;
  const origin = provenance === undefined ? '' : `, preset ${provenance.preset}`;
  const size = scale === 1 ? '' : `, scale 1/${scale}`;
  const parts = [
    heading(`Caches of ${names.join(', ')}${origin}${size}`),
    cacheTable(topology, peCount),
    ...missingDomains(topology, peCount),
    ...mscTable(topology, peCount),
    ...memoryTable(topology, peCount),
    ...resourceTables(topology, peCount),
    surroundings(topology),
    simulatorMemory(topology, peCount),
  ];
  return provenance === undefined ? parts.join('\n') : `${parts.join('\n')}\n\n${figureList(provenance, scale)}`;
}

interface DomainOfCaches {
  readonly name: string;
  /** Its caches are resources of one MSC of the level. */
  readonly oneMsc: boolean;
  readonly pes: number | 'all';
  readonly number: number;
  readonly cache: CacheSpec;
}

/** The levels' domains that the machine has caches of. */
function domainsOf({ levels }: TopologySpec, peCount: number): readonly DomainOfCaches[] {
  const all = levels.flatMap((level) =>
    level.domains.map((cache, at): DomainOfCaches => {
      const name = level.domains.length === 1 ? LEVEL_NAMES[level.key] : `${LEVEL_NAMES[level.key]} domain ${at}`;
      return { name, oneMsc: level.oneMsc, pes: level.pes, number: cachesOfDomain(level, at, peCount), cache };
    }),
  );
  return all.filter(({ number }) => number > 0);
}

function cacheTable(topology: TopologySpec, peCount: number): string {
  const rows = domainsOf(topology, peCount).map(({ name, pes, number, cache }): Cell[] => {
    const { sets, ways, policy, writePolicy, inclusion, latencyCycles } = cache;
    const size = bytes(cacheBytes(cache, topology.lineBytes));
    return [name, number, pes, size, count(sets), ways, policy, writePolicy, inclusion, latencyCycles];
  });
  const columns = ['cache', 'caches', 'PEs', 'size', 'sets', 'ways', 'replacement', 'writes', 'inclusion', 'cycles'];
  return table(columns, rows);
}

/** Domains of a level that begin behind the last PE. */
function missingDomains({ levels }: TopologySpec, peCount: number): string[] {
  return levels.flatMap((level) => {
    const built = level.domains.filter((_, at) => cachesOfDomain(level, at, peCount) > 0).length;
    const missing = level.domains.slice(built).map((_, at) => built + at);
    if (missing.length === 0) return [];
    const [noun, pronoun] = missing.length === 1 ? ['domain', 'its'] : ['domains', 'their'];
    const firstPe = level.pes === 'all' ? undefined : built * level.pes;
    const why = firstPe === undefined ? 'one cache serves all PEs' : `${pronoun} PEs begin at ${firstPe}`;
    return [`Not built with ${peCount} PEs: ${LEVEL_NAMES[level.key]} ${noun} ${missing.join(', ')}; ${why}.`];
  });
}

function mscTable(topology: TopologySpec, peCount: number): string[] {
  const rows = domainsOf(topology, peCount).flatMap(({ name, oneMsc, number, cache }): Cell[][] => {
    const { controls } = cache;
    if (controls === undefined) return [];
    const { partidMax, pmgMax, cpbmWd, portionKind } = controls;
    const portion = cpbmWd === 0 ? '' : bytes(cacheBytes(cache, topology.lineBytes) / cpbmWd);
    const kind = cpbmWd === 0 ? '' : portionKind;
    return [[name, oneMsc ? 'one' : number, partidMax, pmgMax, cpbmWd, kind, portion, otherControls(controls)]];
  });
  if (rows.length === 0) return ['No cache has MPAM controls.'];
  return [table(['cache', 'MSCs', 'PARTID_MAX', 'PMG_MAX', 'portions', 'are', 'of', 'other controls'], rows)];
}

function otherControls(controls: CacheControlFeatures): string {
  const { cmaxWd, hasCmax, hasSoftlim, hasCmin, cassocWd, hasEndis, hasNfu, intpartidMax } = controls;
  const words = [
    hasCmax && `CMAX ${cmaxWd} bits`,
    hasSoftlim && 'SOFTLIM',
    hasCmin && `CMIN ${cmaxWd} bits`,
    cassocWd > 0 && `CASSOC ${cassocWd} bits`,
    hasEndis && 'EN/DIS',
    hasNfu && 'NFU',
    intpartidMax !== undefined && `narrowing to ${intpartidMax + 1}`,
  ];
  return words.filter((word) => word !== false).join(', ');
}

function surroundings({ memory, frequencyMhz, lineBytes, quantumNs, sampleIntervalNs }: TopologySpec): string {
  const pages = `pages of ${formatSize(memory.pageBytes)}, ${memory.placement}`;
  const billed = `write-backs billed to the ${memory.writeBackBilledTo}`;
  return [
    `PEs of ${count(frequencyMhz)} MHz, lines of ${lineBytes} bytes`,
    `memory ${formatDuration(memory.latencyNs)}, ${pages}, ${billed}`,
    `quantum ${formatDuration(quantumNs)}, samples every ${formatDuration(sampleIntervalNs)}`,
  ].join('; ');
}

/** What is known of it before the run: the lines, and what grows with the memory that is touched. */
function simulatorMemory(topology: TopologySpec, peCount: number): string {
  const classified = domainsOf(topology, peCount).filter(({ cache }) => cache.missClasses);
  const caches = classified.reduce((sum, { number }) => sum + number, 0);
  const history = caches === 0 ? '' : `, and ${2 * caches} bytes for each line of memory (miss classes)`;
  return `The simulator needs ${bytes(machineTableBytes(topology, peCount))} for the caches' lines${history}.`;
}

function figureList({ preset, figures }: Provenance, scale: number): string {
  const taken = figures.filter(({ isOverridden }) => !isOverridden);
  const rows: readonly (readonly [string, readonly NamedFigure[]])[] = [
    ['stated', taken.filter(({ mark }) => mark === 'stated')],
    ['inferred', taken.filter(({ mark }) => mark === 'inferred')],
    ['assumed', taken.filter(({ mark, isOurs }) => mark === 'assumed' && !isOurs)],
    ['assumed by mpamlab', taken.filter(({ isOurs }) => isOurs)],
    ['set by the scenario', figures.filter(({ isOverridden }) => isOverridden)],
  ];
  const lines = rows.filter(([, list]) => list.length > 0).flatMap(([title, list]) => figureLines(title, list));
  const title = scale === 1 ? `Figures of ${preset}` : `Figures of ${preset} before scaling`;
  return `${heading(title)}: ${findPreset(preset).like}\n${lines.join('\n')}`;
}

/** The figures under a title, in lines of bounded length. */
function figureLines(title: string, figures: readonly NamedFigure[]): string[] {
  const indent = ' '.repeat('set by the scenario  '.length);
  const lines: string[] = [];
  let line = title.padEnd(indent.length);
  for (const [at, figure] of figures.entries()) {
    const text = `${figureText(figure)}${at + 1 < figures.length ? ', ' : ''}`;
    if (line.length + text.trimEnd().length > LINE_LENGTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += text;
  }
  return [...lines, line.trimEnd()];
}

/** Named as in the scenario file; of what the scenario replaced, the preset's value is in parentheses. */
function figureText({ path, value, isOverridden }: NamedFigure): string {
  const text = valueText(path.slice(path.lastIndexOf('.') + 1), value);
  return isOverridden ? `${snakeCase(path)} (was ${text})` : `${snakeCase(path)} ${text}`;
}

function valueText(key: string, value: NamedFigure['value']): string {
  if (typeof value === 'object') return value.length === 0 ? 'none' : value.join(' + ');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (key === 'bytesPerSecond') return `${value / 1e9} GB/s`;
  if (key === 'latency') return formatDuration(value);
  return key === 'size' || key === 'pageSize' ? formatSize(value) : String(value);
}
