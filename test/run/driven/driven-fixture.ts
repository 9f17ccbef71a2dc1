/** Driven machines for tests: a small one with two PEs, three levels of caches and one tenant. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BusSession } from '../../../src/run/driven/bus-session.ts';
import { DrivenMachine, type DrivenOptions } from '../../../src/run/driven/driven-machine.ts';
import { type DrivenPlan, planDrivenRun } from '../../../src/run/driven/driven-plan.ts';
import { parseScenario } from '../../../src/scenario/parse-scenario.ts';
import type { Scenario } from '../../../src/scenario/scenario.ts';
import { formatProblem } from '../../../src/scenario/scenario-problem.ts';

/** 16 lines in an L1, 64 in an L2, 512 in the L3; 1 MiB of memory. Latencies are whole ns. */
export const SMALL_MACHINE = `
name: small
until: 1ms
machine:
  pes: 2
  topology:
    frequency_mhz: 1000
    l1i: { sets: 4, ways: 4, latency_cycles: 1 }
    l1d: { sets: 4, ways: 4, latency_cycles: 2 }
    l2: { sets: 8, ways: 8, latency_cycles: 10 }
    l3: { sets: 32, ways: 16, latency_cycles: 30, controls: none }
    memory: { latency: 100ns, recorded: 1MiB }
    quantum: 1us
    sample_interval: 100us
tenants: { tenant-a: { vms: { web: } } }
schedule: { source: simulated }
`;

function scenarioOf(text: string, ...overrides: readonly string[]): Scenario {
  const checked = parseScenario(text, 'bus.yaml', overrides);
  if (!checked.ok) throw new Error(checked.problems.map(formatProblem).join('\n'));
  return checked.value;
}

export function planOf(text = SMALL_MACHINE, ...overrides: readonly string[]): DrivenPlan {
  return planDrivenRun(scenarioOf(text, ...overrides));
}

const BENCH = readFileSync(join(import.meta.dirname, '../../../scenarios/firmware-bench.yaml'), 'utf8');

/** The machine of scenarios/firmware-bench.yaml: two PEs, an L3, and a memory of two channels, with all controls and monitors. */
export function benchPlan(...overrides: readonly string[]): DrivenPlan {
  return planOf(BENCH, ...overrides);
}

/** A client of a new machine. */
export class TestClient {
  readonly machine: DrivenMachine;
  readonly session: BusSession;

  constructor(plan: DrivenPlan = planOf(), options: DrivenOptions = {}) {
    this.machine = new DrivenMachine(plan, options);
    this.session = new BusSession(this.machine);
  }

  /** Send lines, one after the other. @returns all that comes back. */
  send(...lines: readonly string[]): string[] {
    return lines.flatMap((line) => this.session.execute(line));
  }

  /** Send a line. @returns its answer, the last line that comes back. */
  ask(line: string): string {
    const answer = this.session.execute(line).at(-1);
    if (answer === undefined) throw new Error(`no answer to ${line}`);
    return answer;
  }
}

/** A client of a machine whose PE 0 runs at EL1 under PARTID 1, PMG 1, and PE 1 under PARTID 2, PMG 0. */
export function labelledClient(plan = benchPlan()): TestClient {
  const client = new TestClient(plan);
  for (const [pe, label] of ['0x0000010100010001', '0x0000000000020002'].entries()) {
    client.send(`pe ${pe} write MPAM3_EL3 0x8000000000000000`, `pe ${pe} el 1`, `pe ${pe} write MPAM1_EL1 ${label}`);
  }
  return client;
}
