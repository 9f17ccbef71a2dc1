/** From a scenario to a machine that is driven from outside: its PEs, caches, memory and MSCs; no schedule, no Linux. */
import { EMPTY } from 'rxjs';
import { NO_LINE } from '../../loop/assembly/layout.ts';
import { BlockLayout } from '../../loop/block.ts';
import { hierarchyOf } from '../../machine/hierarchy-of.ts';
import type { TopologySpec } from '../../machine/topology.ts';
import type { HierarchyConfig } from '../../memory/hierarchy-config.ts';
import type { MachineSpec, Scenario } from '../../scenario/scenario.ts';
import { listed } from '../../scenario/suggest.ts';
import { Registry } from '../../schedule/registry.ts';
import { PlanError } from '../plan-error.ts';
import type { MachinePlan, RunPlan } from '../run-plan.ts';
import { reserveDriven } from './driven-regions.ts';

/** What WebAssembly addresses, less some room. */
const BLOCK_BYTES_MAX = 4 * 2 ** 30 - 2 ** 24;
/** Pairs of label and tenant that the accesses of a run may have. */
const OWNERS = 256;

export interface DrivenPlan {
  /** The run as its header tells it: one machine, nothing that happens by itself. */
  readonly run: RunPlan;
  readonly machine: MachinePlan;
  readonly topology: TopologySpec;
  readonly hierarchy: HierarchyConfig;
  /** Physical memory: addresses are below. */
  readonly memoryBytes: number;
}

/**
 * Plan one machine of a scenario.
 * @param machineName undefined: the first.
 * @throws PlanError if there is no such machine, or it has no topology, or does not fit.
 */
export function planDrivenRun(scenario: Scenario, machineName?: string): DrivenPlan {
  const spec = machineOf(scenario, machineName);
  const { topology } = spec;
  const { peCount } = scenario;
  if (topology === undefined) {
    throw new PlanError(scenario.file, `machine "${spec.name}" has no topology`, {
      allowed: 'a machine with caches and memory',
      hint: 'set machine.topology',
    });
  }
  if (peCount === undefined) {
    throw new PlanError(scenario.file, 'the number of PEs is left to the recording', {
      allowed: 'machine.pes',
      hint: 'set machine.pes=4',
    });
  }
  const hierarchy = drivenHierarchy(scenario, topology, peCount);
  const machine: MachinePlan = { ...spec, peCount, hierarchy, execution: undefined };
  const memoryBytes = hierarchy.physicalLines * hierarchy.lineBytes;
  refuseTooLarge(scenario, hierarchy);
  return { run: runPlan(scenario, machine), machine, topology, hierarchy, memoryBytes };
}

function machineOf(scenario: Scenario, name: string | undefined): MachineSpec {
  const machine = scenario.machines.find((candidate) => candidate.name === (name ?? scenario.machines[0]!.name));
  if (machine !== undefined) return machine;
  throw new PlanError(scenario.file, `there is no machine "${name}"`, {
    allowed: listed(scenario.machines.map((candidate) => candidate.name)),
    hint: 'a machine of the section machines',
  });
}

function drivenHierarchy({ file, seed }: Scenario, topology: TopologySpec, peCount: number): HierarchyConfig {
  const { lineBytes, memory } = topology;
  const physicalLines = Math.floor(memory.recordedBytes / lineBytes);
  if (physicalLines > NO_LINE) {
    throw new PlanError(file, `memory.recorded is ${memory.recordedBytes} bytes`, {
      allowed: `at most ${NO_LINE} lines of ${lineBytes} bytes`,
      hint: 'set machine.topology.memory.recorded=4GiB',
    });
  }
  return hierarchyOf(topology, peCount, { physicalLines, ownerCapacity: OWNERS, seed });
}

/** As WebAssembly can address it. */
function refuseTooLarge({ file }: Scenario, hierarchy: HierarchyConfig): void {
  const layout = new BlockLayout();
  reserveDriven(layout, hierarchy, 1);
  if (layout.byteLength <= BLOCK_BYTES_MAX) return;
  throw new PlanError(file, `the caches' tables need ${(layout.byteLength / 2 ** 30).toFixed(1)} GiB`, {
    allowed: 'below 4 GiB',
    hint: 'make memory.recorded smaller, or set miss_classes: false for private levels',
  });
}

function runPlan(scenario: Scenario, machine: MachinePlan): RunPlan {
  return {
    name: scenario.name,
    description: scenario.description,
    scenarioText: scenario.text,
    scenarioFile: scenario.file,
    seed: scenario.seed,
    machines: [machine],
    groups: scenario.groups,
    cpuDefaults: [],
    tenants: scenario.tenants,
    vms: scenario.vms,
    partitions: [],
    monitors: [],
    commands: [],
    arrivals: new Map(),
    inputs: [],
    timeOriginNs: 0,
    untilNs: Number.POSITIVE_INFINITY,
    expectedEndNs: 0,
    startsIdle: true,
    openSchedule: () => ({ registry: new Registry(), schedule$: EMPTY }),
  };
}
