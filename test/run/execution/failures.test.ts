/** What a run cannot do ends as a message with place, value, limit and hint; what happened before is kept. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { reportError } from '../../../src/cli/report-error.ts';
import { checkIntegrity } from '../../../src/history/check-integrity.ts';
import { openRun } from '../../../src/history/run-reader.ts';
import { simulateScenario } from '../../../src/history/simulate-scenario.ts';
import { temporaryFolder } from '../../support/run-files.ts';
import { planOf, SMALL_TOPOLOGY, scenarioOf } from './run-fixture.ts';

const EXCERPT = join(import.meta.dirname, '../../fixtures/kvm-light-excerpt/kvm-light-excerpt.trace.gz');

describe('a scenario that leaves the number of CPUs to its recording of two', () => {
  const recorded = (more: object, topology: object = SMALL_TOPOLOGY): object => ({
    ...{ machine: { topology }, groups: { gold: { partid: 1 } }, schedule: { source: 'recorded', file: EXCERPT } },
    ...more,
  });

  test('is refused if its partitions name a cache that two PEs do not have', async () => {
    const scenario = recorded(
      { partitions: [{ cache: 'l3-9', group: 'gold', cpbm: 1 }] },
      { l3: { size: '64KiB', pes: 1 } },
    );
    await expect(planOf(scenario)).rejects.toThrow(
      'test.yaml: the scenario names MSC l3-9, with the 2 CPUs of the recording; allowed: the caches of L3 are l3-0 to l3-1 (set machine.pes',
    );
  });

  test('is refused if its timeline does', async () => {
    const set_partition = { cache: 'l3-2', group: 'gold', cpbm: 1 };
    const scenario = recorded({ timeline: [{ at: '1ms', set_partition }] }, { l3: { size: '64KiB', pes: 1 } });
    await expect(planOf(scenario)).rejects.toThrow('the scenario names MSC l3-2');
  });

  test('is refused if the only caches of that name have no controls', async () => {
    const domains = [{ controls: 'none' }, {}];
    const partitions = [{ cache: 'L3', group: 'gold', cpbm: 1 }];
    const topology = { l3: { size: '64KiB', pes: 2, domains } };
    await expect(planOf(recorded({ partitions }, topology))).rejects.toThrow('L3 implements no partitioning');
  });

  test('is refused if the tables of its caches are too large', async () => {
    const topology = { l3: { pes: 1, sets: 2 ** 24, ways: 16 } };
    await expect(planOf(recorded({}, topology))).rejects.toThrow(
      'test.yaml: machine: with the 2 CPUs of the recording, the lines of its caches need 4GiB; allowed: at most 2GiB',
    );
  });

  test('may name what is there', async () => {
    const partitions = [{ cache: 'l3-1', group: 'gold', cpbm: 1 }];
    const plan = await planOf(recorded({ partitions }, { l3: { size: '64KiB', pes: 1 } }));
    expect(plan.machines[0]!.hierarchy!.caches.map(({ name }) => name)).toEqual(['l3-0', 'l3-1']);
  });
});

test('working sets of more lines than 32 bits can number are refused', async () => {
  const workload = { data: { pattern: 'sequential', size: '16GiB' } };
  const vms = Object.fromEntries(Array.from({ length: 17 }, (_, vm) => [`vm${vm}`, { workload: 'w' }]));
  const topology = { l1d: { size: '32KiB' } };
  const scenario = { until: '1ms', machine: { topology }, tenants: { t: { vms } }, workloads: { w: workload } };
  await expect(planOf(scenario)).rejects.toThrow(
    /test\.yaml: what is executed on machine "machine" touches 272\.\d GiB of memory; allowed: below 256\.0 GiB, with lines of 64 bytes/,
  );
});

/** Run a scenario into a file that must fail, and look at what a user is told and what is left. */
async function runAndLook(scenario: object) {
  const path = join(temporaryFolder(), 'run.db');
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const failed = simulateScenario(scenarioOf(scenario), { path, ifExists: 'refuse' });
  const code = await failed.then(() => expect.unreachable('it went on'), reportError);
  const told = stderr.mock.calls.join('');
  stderr.mockRestore();
  const reader = openRun(path);
  const { status, lastSeq } = reader;
  const lastTimeNs = lastSeq === 0 ? 0 : reader.lastTimeNs();
  reader.close();
  return { code, told, status, lastTimeNs, problems: checkIntegrity(path).problems };
}

/** A vCPU that executes on one PE, whose labels something keeps changing. */
function relabelled(count: number, more: object): object {
  const pokes = Array.from({ length: count }, (_, at) => ({
    ...{ at: `${1000 + at}us`, poke: 0, register: 'MPAM0_EL1' },
    value: `0x${(((at * 2 + 1) << 16) | (at * 2 + 2)).toString(16)}`,
  }));
  return {
    until: `${count + 2000}us`,
    machine: {
      pes: 1,
      features: { partid_max: 4095 },
      topology: { l3: { size: '64KiB', controls: { partid_max: 4095 } } },
    },
    tenants: { t: { vms: { v: { workload: 'w' } } } },
    workloads: { w: { data: { pattern: 'uniform', size: '64KiB' }, instructions_per_access: 100 } },
    guest_activity: { guest_run: '100s', el0: '100s', el1: '1ns' },
    timeline: pokes,
    ...more,
  };
}

function traced(lines: Iterable<string>, format: string, at: string, memory: object = {}): object {
  const file = join(temporaryFolder(), 'recorded.trace');
  writeFileSync(file, `${[...lines].join('\n')}\n`);
  return {
    until: '100ms',
    machine: { pes: 1, topology: { ...SMALL_TOPOLOGY, memory } },
    tenants: { t: { vms: { v: { workload: 'w' } } } },
    // The host's work before the trace is opened leaves events to be kept.
    workloads: { w: { trace: file, format, kernel: { data: { pattern: 'uniform', size: '4KiB' } } } },
    guest_activity: { el1: at },
  };
}

function* linesOfPages(pages: number): Generator<string> {
  for (let page = 0; page < pages; page++) yield `0 ${(page * 4096).toString(16)} 8`;
}

test('a machine has 1 GiB for each recorded trace that is executed, or what its topology says', async () => {
  const linesWith = async (memory: object): Promise<number> => {
    const plan = await planOf(traced(['0 1000 8'], 'din', '20us', memory));
    return plan.machines[0]!.hierarchy!.physicalLines;
  };
  const [byDefault, small] = [await linesWith({}), await linesWith({ recorded: '2MiB' })];
  expect(byDefault - small).toBe((2 ** 30 - 2 ** 21) / 64);
});

describe('a run that cannot go on tells why in words, and keeps what it had', () => {
  test.each([
    ['labels without end', relabelled(600, {}), 2, 'pairs of label and tenant have reached the caches'],
    [
      'more limited partitions than the simulator can hold apart',
      relabelled(200, {
        partitions: Array.from({ length: 400 }, (_, partid) => ({ cache: 'L3', partid: partid + 1, cpbm: 1 })),
      }),
      2,
      'cache l3-0: 255 partitions in use have settings that limit them; at most 254 may',
    ],
    ['a trace in no known format', traced(['this is', 'no trace'], 'auto', '20us'), 3, 'recorded.trace'],
    [
      'a trace of more memory than there is',
      traced(linesOfPages(600), 'din', '20us', { recorded: '2MiB' }),
      2,
      ': 2 MiB',
    ],
  ])(
    '%s',
    async (_title, scenario, exitCode, words) => {
      const { code, told, status, lastTimeNs, problems } = await runAndLook(scenario);
      expect(told).toContain(words);
      expect(told).not.toContain('internal error');
      expect(told.trimEnd().split('\n').length).toBeLessThanOrEqual(3);
      expect([code, status, problems]).toEqual([exitCode, 'failed', []]);
      expect(lastTimeNs).toBeGreaterThan(0);
    },
    20_000,
  );
});
