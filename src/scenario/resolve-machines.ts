/** Machines: each variant laid over the common defaults, and checked against what a PE can be. */
import { DEFAULT_PE_FEATURES, type PeFeatures, validateFeatures } from '../arch/features.ts';
import { UNIT_MAX } from '../loop/event-row.ts';
import { machineTableBytes, mscCount } from '../machine/capacity.ts';
import { findPreset, presetPeCount } from '../machine/presets.ts';
import type { TopologySpec } from '../machine/topology.ts';
import {
  DEFAULT_KERNEL,
  DEFAULT_MODE,
  DEFAULT_PES,
  DEFAULT_UNKNOWN_RESET,
  MACHINES_MAX,
  type MachineInput,
  PES_MAX,
  type VariantInput,
} from './machine-schema.ts';
import { formatSize } from './memory-size.ts';
import type { Lookup } from './resolve-groups.ts';
import { resolveTopology } from './resolve-topology.ts';
import type { GroupSpec, MachineSpec, UnknownResetSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import { snakeCase, withCamelKeys } from './snake-case.ts';

const ONLY_MACHINE = 'machine';
/** Of the simulator's memory, for the caches of one machine. */
const TABLE_BYTES_MAX = 2 ** 31;
/** Events number the MSCs of all machines together. */
const MSCS_MAX = UNIT_MAX + 1;

interface MachineSections {
  readonly machine: MachineInput;
  readonly machines?: Readonly<Record<string, VariantInput>> | undefined;
}

/** The machines in the file's order. `peCount` is checked against what events can number, if it is known. */
export function resolveMachines(
  sections: MachineSections,
  peCount: number | undefined,
  groupOf: Lookup,
  report: Report,
): readonly MachineSpec[] {
  const variants = Object.entries(sections.machines ?? {});
  if (variants.length > MACHINES_MAX) report(['machines'], `${variants.length} machines; at most ${MACHINES_MAX}`);
  if (peCount !== undefined && peCount * variants.length > PES_MAX) {
    report(['machines'], `${variants.length} machines of ${peCount} PEs; at most ${PES_MAX} PEs in all`);
  }
  const list: readonly (readonly [string, VariantInput])[] = variants.length > 0 ? variants : [[ONLY_MACHINE, {}]];
  const machines = list.map(([name, variant]) => resolveMachine(name, sections.machine, variant, groupOf, report));
  if (sections.machine.scale !== undefined && machines.every(({ topology }) => topology === undefined)) {
    report(['machine', 'scale'], `${sections.machine.scale}; no machine has caches`, { hint: 'set machine.topology' });
  }
  if (peCount !== undefined) checkSizes(machines, peCount, report);
  return machines;
}

/** CPUs of a simulated host whose scenario does not say: as many as the machine has that the preset is like. */
export function defaultPeCount({ topology }: MachineInput): number {
  const preset = typeof topology === 'object' ? topology.preset : topology;
  return preset === undefined || preset === 'none' ? DEFAULT_PES : presetPeCount(findPreset(preset));
}

/** What a run could not hold or number. */
function checkSizes(machines: readonly MachineSpec[], peCount: number, report: Report): void {
  let mscs = 0;
  for (const { topology } of machines) {
    if (topology === undefined) continue;
    mscs += mscCount(topology, peCount);
    const bytes = machineTableBytes(topology, peCount);
    if (bytes <= TABLE_BYTES_MAX) continue;
    const message = `the lines of its caches need ${formatSize(bytes)}; at most ${formatSize(TABLE_BYTES_MAX)}`;
    report(['machine'], message, { hint: 'shrink the machine by machine.scale, or give it fewer PEs' });
  }
  if (mscs > MSCS_MAX) {
    report(['machines'], `${mscs} caches with MPAM controls; at most ${MSCS_MAX} MSCs in all`);
  }
}

function resolveMachine(
  name: string,
  common: MachineInput,
  variant: VariantInput,
  groupOf: Lookup,
  report: Report,
): MachineSpec {
  // A fault of the common part shows at its own place, not at each variant.
  const section = (key: keyof VariantInput): Path =>
    variant[key] === undefined ? ['machine', key] : ['machines', name, key];
  const { scale = 1 } = common;
  const topology = resolveTopology({ common: common.topology, variant: variant.topology, name, scale }, report);
  const features = {
    ...DEFAULT_PE_FEATURES,
    ...presetFeatures(topology),
    ...withCamelKeys(common.features ?? {}),
    ...withCamelKeys(variant.features ?? {}),
  } as PeFeatures;
  for (const problem of validateFeatures(features)) {
    const path = [...section('features'), snakeCase(problem.field)];
    report(path, `${problem.value}; expected ${problem.allowed.replaceAll(/\b[a-z]+[A-Z]\w*/g, snakeCase)}`);
  }
  if (!features.el2) report([...section('features'), 'el2'], 'false; KVM needs EL2');
  return {
    name,
    mode: variant.mode ?? common.mode ?? DEFAULT_MODE,
    kernel: variant.kernel ?? common.kernel ?? DEFAULT_KERNEL,
    unknownReset: resolveUnknownReset(variant, common, groupOf, section('unknown_reset')),
    features,
    topology,
  };
}

/** The PEs of a preset's machine have the PARTIDs and PMGs of its caches. */
function presetFeatures(topology: TopologySpec | undefined): Partial<PeFeatures> {
  if (topology?.provenance === undefined) return {};
  const { partids, pmgs } = findPreset(topology.provenance.preset);
  return { partidMax: partids.value - 1, pmgMax: pmgs.value - 1 };
}

function resolveUnknownReset(
  variant: VariantInput,
  common: MachineInput,
  groupOf: Lookup,
  path: Path,
): UnknownResetSpec {
  const choice = variant.unknown_reset ?? common.unknown_reset ?? DEFAULT_UNKNOWN_RESET;
  if (typeof choice === 'string') return { kind: choice };
  return { kind: 'group', group: groupOf(choice.group, [...path, 'group']) };
}

/** Every label that Linux may write must fit every machine; larger PARTIDs would silently become 0 (A 5.2). */
export function checkLabelsFit(groups: readonly GroupSpec[], machines: readonly MachineSpec[], report: Report): void {
  for (const group of groups) {
    for (const { name, features } of machines) {
      const partid = Math.max(group.partidD, group.partidI);
      const pmg = Math.max(group.pmgD, group.pmgI);
      const of = `of machine "${name}"`;
      const path = ['groups', group.name];
      if (partid > features.partidMax) report(path, `PARTID ${partid} is above partid_max ${features.partidMax} ${of}`);
      if (pmg > features.pmgMax) report(path, `PMG ${pmg} is above pmg_max ${features.pmgMax} ${of}`);
    }
  }
}
