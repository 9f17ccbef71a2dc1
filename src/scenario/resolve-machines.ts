/** Machines: each variant laid over the common defaults, and checked against what a PE can be. */
import { DEFAULT_PE_FEATURES, type PeFeatures, validateFeatures } from '../arch/features.ts';
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
import type { Lookup } from './resolve-groups.ts';
import { resolveTopology } from './resolve-topology.ts';
import type { GroupSpec, MachineSpec, UnknownResetSpec } from './scenario.ts';
import type { Path, Report } from './scenario-problem.ts';
import { sizeProblems } from './size-problems.ts';
import { snakeCase, withCamelKeys } from './snake-case.ts';

const ONLY_MACHINE = 'machine';

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
  for (const { section, found, allowed, hint } of peCount === undefined ? [] : sizeProblems(machines, peCount)) {
    report([section], `${found}; ${allowed}`, { hint });
  }
  return machines;
}

/** CPUs of a simulated host whose scenario does not say: as many as the machine has that the preset is like. */
export function defaultPeCount({ topology }: MachineInput): number {
  const preset = typeof topology === 'object' ? topology.preset : topology;
  return preset === undefined || preset === 'none' ? DEFAULT_PES : presetPeCount(findPreset(preset));
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
