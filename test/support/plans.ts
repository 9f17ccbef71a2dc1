/** One construction path for run plans in tests: a small machine, two tenants, and only what the test changes. */
import { type Observable, of } from 'rxjs';
import { DEFAULT_PE_FEATURES, type PeFeatures } from '../../src/arch/features.ts';
import type { MachinePlan, RunPlan } from '../../src/run/run-plan.ts';
import { NO_OWNER, Registry, type ThreadOwner } from '../../src/schedule/registry.ts';
import { type ScheduleBatch, ScheduleBatchBuilder } from '../../src/schedule/schedule-batch.ts';

/** Thread ids of the test host: two vCPU threads of two tenants, and a host process. */
export const TID = { idle: 0, gold: 101, silver: 102, host: 200 } as const;

const OWNERS: Readonly<Record<number, ThreadOwner>> = {
  [TID.gold]: { tenant: 0, vm: 0, vcpu: 0, group: 1 },
  [TID.silver]: { tenant: 1, vm: 1, vcpu: 0, group: 2 },
};

const GROUPS = [
  { name: 'default', partidD: 0, partidI: 0, pmgD: 0, pmgI: 0 },
  { name: 'gold', partidD: 2, partidI: 2, pmgD: 1, pmgI: 1 },
  { name: 'silver', partidD: 5, partidI: 5, pmgD: 0, pmgI: 0 },
] as const;

export function testMachine(changes: Partial<MachinePlan> & { readonly pe?: Partial<PeFeatures> } = {}): MachinePlan {
  const { pe, ...machine } = changes;
  return {
    name: 'machine',
    kernel: 'v7.1',
    mode: 'vhe',
    peCount: 1,
    topology: undefined,
    hierarchy: undefined,
    execution: undefined,
    features: { ...DEFAULT_PE_FEATURES, ...pe },
    unknownReset: { kind: 'zero' },
    ...machine,
  };
}

/** A line of a hand-written schedule: time, kind, cpu, tid, and what the kind needs. */
export interface ScheduleLine {
  readonly atNs: number;
  readonly kind: number;
  readonly cpu?: number;
  readonly tid: number;
  readonly peerTid?: number;
  readonly detail?: number;
}

/** A registry that knows the test's threads, idle first. */
function testRegistry(): Registry {
  const registry = new Registry((tid) => OWNERS[tid] ?? NO_OWNER);
  for (const tid of Object.values(TID)) registry.internThread(tid, tid === 0 ? 'swapper' : `thread-${tid}`);
  return registry;
}

export function scheduleOf(registry: Registry, lines: readonly ScheduleLine[]): Observable<ScheduleBatch> {
  const batch = new ScheduleBatchBuilder(Math.max(1, lines.length));
  for (const { atNs, kind, cpu = 0, tid, peerTid, detail = 0 } of lines) {
    const peer = peerTid === undefined ? -1 : registry.threadOfTid(peerTid);
    batch.push(atNs, kind, cpu, registry.threadOfTid(tid), peer, detail);
  }
  return of(batch);
}

export function testPlan(lines: readonly ScheduleLine[], changes: Partial<RunPlan> = {}): RunPlan {
  return {
    name: 'test',
    description: '',
    scenarioText: '',
    scenarioFile: '',
    seed: 1,
    machines: [testMachine()],
    groups: GROUPS,
    cpuDefaults: [],
    partitions: [],
    arrivals: new Map(),
    tenants: [
      { name: 'gold', group: 1 },
      { name: 'silver', group: 2 },
    ],
    vms: [
      { name: 'gold-vm', tenant: 0 },
      { name: 'silver-vm', tenant: 1 },
    ],
    monitors: [],
    commands: [],
    inputs: [],
    timeOriginNs: 0,
    untilNs: 1000,
    expectedEndNs: 0,
    startsIdle: true,
    openSchedule: () => {
      const registry = testRegistry();
      return { registry, schedule$: scheduleOf(registry, lines) };
    },
    ...changes,
  };
}
