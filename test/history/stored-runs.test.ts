/** Whole runs through the real store: what a replay finds, and what the registers were at any moment. */
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import type { PeFeatures } from '../../src/arch/features.ts';
import { labelHasError, labelPartid, labelPmg, packLabel } from '../../src/arch/label.ts';
import { REGISTER_COUNT, Reg } from '../../src/arch/registers.ts';
import { compareWithReplay } from '../../src/history/compare-with-replay.ts';
import { createRunStore } from '../../src/history/create-run-store.ts';
import { headerOfPlan } from '../../src/history/header-of-plan.ts';
import { peStates } from '../../src/history/pe-states.ts';
import { openRun, type RunReader } from '../../src/history/run-reader.ts';
import { KERNELS, type KernelName } from '../../src/kvm/kernels.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import type { Engine } from '../../src/run/engine.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { type RunOptions, runEvents } from '../../src/run/run-events.ts';
import type { RunPlan } from '../../src/run/run-plan.ts';
import { loadScenario } from '../../src/scenario/load-scenario.ts';
import { NO_SUMMARY, temporaryFolder } from '../support/run-files.ts';

const SCENARIO = join(import.meta.dirname, '../../scenarios/resctrl-move-while-loaded.yaml');
const MOMENTS = 200;

/** The registers of all PEs after all events up to a moment. */
interface LiveMoment {
  readonly timeNs: number;
  readonly registers: number[];
  /** PARTID, PMG and error flag at every EL, for data and instruction. */
  readonly labels: number[];
}

async function planOf(...overrides: string[]): Promise<RunPlan> {
  const checked = loadScenario(SCENARIO, overrides);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return planRun(checked.value);
}

async function store(plan: RunPlan, options: RunOptions = {}): Promise<{ path: string; digest: string }> {
  const path = join(temporaryFolder(), 'run.db');
  const runStore = createRunStore(path, headerOfPlan(plan), { thread: false });
  await lastValueFrom(runEvents(plan, options).pipe(tap((batch) => runStore.append(batch))));
  return runStore.finish('completed', NO_SUMMARY);
}

function registersOf(engine: Engine): number[] {
  const values: number[] = [];
  for (let pe = 0; pe < engine.pes.count; pe++) {
    for (let reg = 0; reg < REGISTER_COUNT; reg++) {
      values.push(engine.pes.registerLo(pe, reg) >>> 0, engine.pes.registerHi(pe, reg) >>> 0);
    }
  }
  return values;
}

function labelsOf(engine: Engine): number[] {
  return Array.from(engine.pes.labels, (label) =>
    packLabel(0, labelPartid(label), labelPmg(label), labelHasError(label)),
  );
}

describe('the state of a stored run', () => {
  test(`at ${MOMENTS} random times equals registers and labels of the live machine at those times`, async () => {
    const plan = await planOf();
    const random = randomStream(7, 'moments');
    const times = Array.from({ length: MOMENTS }, () => random.below(plan.untilNs)).sort((a, b) => a - b);
    const live: LiveMoment[] = [];
    let engine: Engine | undefined;
    // One batch a step: between two batches the machine stands as the events so far left it.
    let registers: number[] = [];
    let labels: number[] = [];
    const watch = (): void => {
      while (live.length < MOMENTS && times[live.length]! < engine!.nowNs) {
        live.push({ timeNs: times[live.length]!, registers, labels });
      }
      registers = registersOf(engine!);
      labels = labelsOf(engine!);
    };
    const path = join(temporaryFolder(), 'run.db');
    const runStore = createRunStore(path, headerOfPlan(plan), { thread: false });
    const options = { batchRows: 1, onEngine: (made: Engine) => (engine = made) };
    const watched$ = runEvents(plan, options).pipe(
      tap((batch) => runStore.append(batch)),
      tap(watch),
    );
    await lastValueFrom(watched$);
    await runStore.finish('completed', NO_SUMMARY);
    expect(live).toHaveLength(MOMENTS);
    const reader = openRun(path);
    for (const { timeNs, registers: expected, labels: expectedLabels } of live) {
      const stored = new Array<number>(expected.length).fill(0);
      const found = reader.registersAt({ timeNs });
      for (const { pe, register, lo, hi } of found) {
        stored[(pe * REGISTER_COUNT + register) * 2] = lo;
        stored[(pe * REGISTER_COUNT + register) * 2 + 1] = hi;
      }
      expect(stored, `at ${timeNs} ns`).toEqual(expected);
      const inForce = peStates(reader.header, found).flatMap((state) => state.labels);
      const storedLabels = inForce.map(({ partid, pmg, error }) => packLabel(0, partid, pmg, error));
      expect(storedLabels, `at ${timeNs} ns`).toEqual(expectedLabels);
    }
    reader.close();
  });
});

describe('the digest of a run', () => {
  test('is the same for every batch size and differs for another seed', async () => {
    const plan = await planOf();
    const { digest } = await store(plan);
    expect((await store(plan, { batchRows: 1 })).digest).toBe(digest);
    expect((await store(plan, { batchRows: 777 })).digest).toBe(digest);
    expect((await store(await planOf('seed=2'))).digest).not.toBe(digest);
  });

  test('does not depend on the order in which features are listed', async () => {
    const plan = await planOf();
    const { digest } = await store(plan);
    const machines = plan.machines.map((machine) => {
      const turned = Object.fromEntries(Object.entries(machine.features).reverse()) as unknown as PeFeatures;
      return { ...machine, features: turned };
    });
    expect((await store({ ...plan, machines })).digest).toBe(digest);
  });

  test('does not depend on how the path of the scenario was typed', async () => {
    const plan = await planOf();
    const { digest } = await store(plan);
    expect((await store({ ...plan, scenarioFile: '/elsewhere/scenario.yaml' })).digest).toBe(digest);
  });
});

describe('a model that changed since the run was stored', () => {
  let path: string;
  let reader: RunReader;
  let plan: RunPlan;

  beforeAll(async () => {
    plan = await planOf();
    path = (await store(plan)).path;
    reader = openRun(path);
    return () => reader.close();
  });

  /** The same plan with another kernel on all machines: its behaviour differs in one place. */
  const withKernel = (kernel: KernelName): RunPlan => ({
    ...plan,
    machines: plan.machines.map((machine) => ({ ...machine, kernel })),
  });

  /** seq of the first change of a register that a vCPU load led to. */
  function firstChangeAtLoad(register: number): number {
    const sql = `SELECT min(c.seq) FROM register_change c JOIN schedule_event s ON s.seq = c.cause_seq
      JOIN schedule_kind k ON k.id = s.kind WHERE k.name = 'vcpu_load' AND c.register = ${register}`;
    return Number([...runQuery(path, sql).rows][0]![0]);
  }

  test('is found at the first event and field that it alters: the guest load that is not made any more', async () => {
    // The first vCPU load of the VHE machine writes MPAM1_EL12; without the patch its next write follows at once.
    const seq = firstChangeAtLoad(Reg.MPAM1_EL1);
    const result = await compareWithReplay(reader, runEvents(withKernel('series-1-11')));
    expect(result).toMatchObject({
      ...{ kind: 'diverged', seq, events: seq - 1, table: 'register_change', field: 'register' },
      ...{ stored: Reg.MPAM1_EL1, replayed: Reg.MPAMHCR_EL2 },
    });
  });

  test('is found where a written value differs: traps that zero the label', async () => {
    const seq = firstChangeAtLoad(Reg.MPAM2_EL2);
    const keepsGuestLoad = { ...KERNELS['v7.1'], trapWrites: 'whole' } as const;
    const spy = vi.spyOn(KERNELS, 'v7.1', 'get').mockReturnValue(keepsGuestLoad as never);
    const result = await compareWithReplay(reader, runEvents(plan));
    spy.mockRestore();
    expect(result).toMatchObject({ kind: 'diverged', seq, events: seq - 1, table: 'register_change', field: 'new_lo' });
  });

  test('is not reported when the model has not changed', async () => {
    const result = await compareWithReplay(reader, runEvents(plan, { batchRows: 99 }));
    expect(result).toMatchObject({ kind: 'equal', events: reader.lastSeq });
  });
});
