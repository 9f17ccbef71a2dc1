/** What a run could not hold or number: known once the PEs of its machines are. */
import { UNIT_MAX } from '../loop/event-row.ts';
import { channelCount, machineTableBytes, mscCount } from '../machine/capacity.ts';
import { cachesOf, LEVEL_NAMES, TOPOLOGY_LIMITS, type TopologySpec } from '../machine/topology.ts';
import { formatSize } from './memory-size.ts';
import type { MachineSpec } from './scenario.ts';

/** Of the simulator's memory, for the caches of one machine. */
const TABLE_BYTES_MAX = 2 ** 31;
/** Events number the MSCs of all machines together. */
const MSCS_MAX = UNIT_MAX + 1;
/** Of one machine: each keeps what everybody waited for everybody. */
const CHANNELS_MAX = 1024;

export interface SizeProblem {
  /** Section of the scenario. */
  readonly section: 'machine' | 'machines';
  /** What was found. */
  readonly found: string;
  /** What may be. */
  readonly allowed: string;
  readonly hint: string;
}

/** Levels whose caches are too many for one MSC. */
function resourceProblems({ levels }: TopologySpec, peCount: number): readonly SizeProblem[] {
  const { max } = TOPOLOGY_LIMITS.resources;
  return levels
    .filter((level) => level.oneMsc && cachesOf(level, peCount) > max)
    .map((level) => ({
      section: 'machine',
      found: `${cachesOf(level, peCount)} caches of ${LEVEL_NAMES[level.key]} in one MSC`,
      allowed: `at most ${max} resource instances (RIS)`,
      hint: 'let more PEs share a cache, or leave out one_msc',
    }));
}

/** What is too large or too many on machines of `peCount` PEs each; empty if all can be built. */
export function sizeProblems(machines: readonly MachineSpec[], peCount: number): readonly SizeProblem[] {
  const problems: SizeProblem[] = [];
  let mscs = 0;
  for (const { topology } of machines) {
    if (topology === undefined) continue;
    mscs += mscCount(topology, peCount);
    const channels = channelCount(topology, peCount);
    if (channels > CHANNELS_MAX) {
      problems.push({
        section: 'machine',
        found: `${channels} channels, at memory sides and of memories`,
        allowed: `at most ${CHANNELS_MAX} on a machine`,
        hint: 'give memory fewer channels, or per: machine',
      });
    }
    problems.push(...resourceProblems(topology, peCount));
    const bytes = machineTableBytes(topology, peCount);
    if (bytes <= TABLE_BYTES_MAX) continue;
    problems.push({
      section: 'machine',
      found: `the lines of its caches need ${formatSize(bytes)}`,
      allowed: `at most ${formatSize(TABLE_BYTES_MAX)}`,
      hint: 'shrink the machine by machine.scale, or give it fewer PEs',
    });
  }
  if (mscs > MSCS_MAX) {
    problems.push({
      section: 'machines',
      found: `${mscs} MSCs: caches and memories with MPAM controls`,
      allowed: `at most ${MSCS_MAX} in all`,
      hint: 'give caches of inner levels controls: none, or run fewer machines at a time',
    });
  }
  return problems;
}
