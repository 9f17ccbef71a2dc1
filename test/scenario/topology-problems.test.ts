/** What a mistake in a topology is answered with, and that no text brings the parser down. Places are counted by hand. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hierarchyOf } from '../../src/machine/hierarchy-of.ts';
import { topologyProblems } from '../../src/machine/topology-problems.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

/** A scenario that is right, but for the lines added to it from line 3 on. */
const BASE = 'until: 5ms\ntenants: { a: { vms: { web: } } }\n';

function problems(text: string): string[] {
  const result = parseScenario(BASE + text, 's.yaml');
  return result.ok ? [] : result.problems.map(formatProblem);
}

const CASES: readonly (readonly [title: string, added: string, problem: string])[] = [
  [
    'a misspelt preset',
    'machine: { topology: grace_like }',
    's.yaml:3:22: machine.topology: "grace_like"; expected one of none, grace-like, kunpeng-like, vera-like, dsu-cluster,' +
      ' ris-llc, reference, or a mapping (did you mean grace-like?)',
  ],
  [
    'a misspelt preset with changes',
    'machine: { topology: { preset: referense } }',
    's.yaml:3:32: machine.topology.preset: "referense"; expected one of grace-like, kunpeng-like, vera-like, dsu-cluster,' +
      ' ris-llc, reference (did you mean reference?)',
  ],
  [
    'a level that there is not',
    'machine: { topology: { l4: { size: 1MiB } } }',
    's.yaml:3:24: machine.topology.l4: unknown key (did you mean l2?)',
  ],
  [
    'a misspelt member',
    'machine:\n  topology:\n    l3:\n      way: 16\n      size: 1MiB',
    's.yaml:6:7: machine.topology.l3.way: unknown key (did you mean ways?)',
  ],
  [
    'an L1 shared by PEs',
    'machine: { topology: { l1d: { size: 1MiB, pes: 2 } } }',
    's.yaml:3:43: machine.topology.l1d.pes: unknown key (known: size, sets, ways, policy, write_policy, latency_cycles,' +
      ' write_hit_owner, flows, miss_classes, controls, monitors, msc and 1 more)',
  ],
  [
    'a size without a unit',
    'machine: { topology: { l3: { size: 1024 } } }',
    's.yaml:3:36: machine.topology.l3.size: 1024; expected a size from 1B to 1TiB (write a unit: 1024B, 1024KiB, 1024MiB or 1024GiB)',
  ],
  [
    'an unknown replacement policy',
    'machine: { topology: { l3: { size: 1MiB, policy: plru } } }',
    's.yaml:3:50: machine.topology.l3.policy: "plru"; expected one of lru, tree-plru, fifo, mru, random, srrip' +
      ' (did you mean lru?)',
  ],
  [
    'a cache without a size',
    'machine: { topology: { l3: { ways: 8 } } }',
    's.yaml:3:28: machine.topology.l3.size: missing; expected a size, or a number of sets',
  ],
  [
    'portions that do not divide the ways',
    'machine: { topology: { preset: grace-like, l3: { ways: 16 } } }',
    's.yaml:3:48: machine.topology.l3.controls.cpbm_wd: 12; expected 16: one portion for each way' +
      ' (portion_kind way-groups or sets allow other numbers)',
  ],
  [
    'a fault that only a variant has',
    'machine: { topology: reference }\nmachines: { x: {}, y: { topology: { line_bytes: 96 } } }',
    's.yaml:4:49: machines.y.topology.line_bytes: 96; expected a power of two',
  ],
  [
    'a fault of the common part, once',
    'machine: { topology: { l3: { sets: 8, inclusion: inclusive } } }\nmachines: { x: {}, y: { mode: nvhe } }',
    's.yaml:3:50: machine.topology.l3.inclusion: inclusive; expected non-inclusive: no cache is inside L3',
  ],
  [
    'an inclusive cache that does not allocate on store misses',
    'machine: { topology: { l2: { sets: 4 }, l3: { sets: 8, inclusion: inclusive, write_policy: write-through } } }',
    's.yaml:3:92: machine.topology.l3.write_policy: write-through;' +
      ' expected write-back, write-through-allocate or ignored in an inclusive cache' +
      ' (a store that misses would bring the line into the caches inside, and not into this one)',
  ],
  [
    'a writer that owns lines of a cache that no store is performed in',
    'machine: { topology: { l3: { sets: 8, write_policy: ignored, write_hit_owner: writer } } }',
    's.yaml:3:79: machine.topology.l3.write_hit_owner: writer; expected allocator in a cache that is ignored' +
      ' (stores are performed on the lines of write-back caches only)',
  ],
  [
    'a scale that leaves a cache without sets',
    'machine: { topology: { l3: { sets: 8 } }, scale: 9 }',
    's.yaml:3:50: machine.scale: 9; expected at most 8, the number of sets of L3 (a cache of few ways has more sets)',
  ],
  [
    'a scale of nothing',
    'machine: { scale: 2 }',
    's.yaml:3:19: machine.scale: 2; no machine has caches (set machine.topology)',
  ],
  [
    'a scale below 1',
    'machine: { scale: 0.5, topology: reference }',
    's.yaml:3:19: machine.scale: 0.5; expected an integer',
  ],
  [
    'caches that no run could hold',
    'machine: { pes: 64, topology: { l3: { size: 1GiB, pes: 1 } } }',
    's.yaml:3:10: machine: the lines of its caches need 8GiB; at most 2GiB' +
      ' (shrink the machine by machine.scale, or give it fewer PEs)',
  ],
  [
    'more MSCs than events can number',
    'machine: { pes: 1500, topology: { l1i: { sets: 2, controls: {} }, l1d: { sets: 2, controls: {} }, l2: { sets: 2, controls: {} } } }',
    's.yaml:1:1: machines: 4500 MSCs: caches and memories with MPAM controls; at most 4096 in all (give caches of inner levels controls: none, or run fewer machines at a time)',
  ],
];

describe('a mistake in a topology is told with its place, the value, what is allowed and what to do', () => {
  it.each(CASES)('%s', (_title, added, problem) => {
    expect(problems(added)).toEqual([problem]);
  });
});

/** Members and values that mean something in a topology, right and wrong. */
const KEYS = [
  'preset',
  'l1i',
  'l1d',
  'l2',
  'l3',
  'slc',
  'size',
  'sets',
  'ways',
  'pes',
  'domains',
  'controls',
  'cpbm_wd',
];
const MORE_KEYS = [
  'portion_kind',
  'cmax_wd',
  'has_nfu',
  'intpartid_max',
  'inclusion',
  'memory',
  'latency',
  'line_bytes',
  'bandwidth',
  'channels',
  'monitors',
  'csu',
  'mbwu',
  'num_mon',
  'msc',
  'memory_side',
  'window',
  'window_length',
  'bwa_wd',
];
const WORDS = [
  'none',
  'all',
  'reference',
  'ris-llc',
  'sets',
  'ways',
  'way-groups',
  'inclusive',
  '64KiB',
  '3MiB',
  '85ns',
  '2GB/s',
  'moving',
  '40ms',
];
const NUMBERS = [-1, 0, 1, 2, 3, 8, 12, 64, 4096, 65_536, 2 ** 24, 2 ** 53, 1.5, null, true];

const value = fc.oneof(fc.constantFrom(...WORDS, ...NUMBERS), fc.integer({ min: 0, max: 40 }));
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    value,
    fc.dictionary(fc.constantFrom(...KEYS, ...MORE_KEYS), tie('tree'), { maxKeys: 5 }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}));

/** Topologies that are mostly right, so that what comes after the schema is met, too. */
const cache = fc.record(
  {
    sets: fc.constantFrom(1, 2, 3, 64, 100, 1000),
    ways: fc.integer({ min: 1, max: 40 }),
    inclusion: fc.constantFrom('inclusive', 'exclusive', 'non-inclusive'),
    pes: fc.constantFrom(1, 2, 3, 4, 'all'),
    controls: fc.record(
      {
        cpbm_wd: fc.integer({ min: 0, max: 40 }),
        portion_kind: fc.constantFrom('ways', 'sets', 'way-groups'),
        cmax_wd: fc.constantFrom(0, 8),
        has_cmin: fc.boolean(),
        has_softlim: fc.boolean(),
        has_nfu: fc.boolean(),
        intpartid_max: fc.constant(7),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['sets'] },
);
const memory = fc.record(
  {
    bandwidth: fc.constantFrom('1MB/s', '3GB/s', '100TB/s', 'none'),
    channels: fc.integer({ min: 1, max: 16 }),
    interleave: fc.constantFrom('64B', '256B', '100B', '4KiB'),
    per: fc.constantFrom('machine', 'domain'),
    window: fc.constantFrom('fixed', 'moving', 'decaying'),
    controls: fc.record(
      {
        bwa_wd: fc.integer({ min: 0, max: 16 }),
        has_min: fc.boolean(),
        has_max: fc.boolean(),
        has_prop: fc.boolean(),
        window_length: fc.constantFrom('4ns', '10us', '65ms'),
        intpartid_max: fc.constantFrom(7, 100),
      },
      { requiredKeys: [] },
    ),
    monitors: fc.constantFrom({ mbwu: {} }, { csu: {} }, { mbwu: 'none' }),
  },
  { requiredKeys: [] },
);
const nearlyRight = fc.record(
  {
    preset: fc.constantFrom('ris-llc', 'dsu-cluster'),
    l2: fc.oneof(fc.constant('none'), cache),
    l3: cache,
    slc: cache,
    memory,
  },
  { requiredKeys: [] },
);

/** An answer: problems with text and place, or a machine that can be built. */
function expectAnswer(topology: unknown, scale: number): void {
  const text = `${BASE}machine: ${JSON.stringify({ pes: 5, scale, topology })}`;
  const result = parseScenario(text, 's.yaml');
  if (!result.ok) {
    for (const problem of result.problems) {
      expect(problem.message).not.toMatch(/undefined|NaN|Infinity|\[object|TypeError|RangeError/);
      expect(problem.line).toBeGreaterThan(0);
    }
    return;
  }
  for (const machine of result.value.machines) {
    if (machine.topology === undefined) continue;
    expect(topologyProblems(machine.topology)).toEqual([]);
    const { caches, ports } = hierarchyOf(machine.topology, 5, { physicalLines: 1, ownerCapacity: 8, seed: 1 });
    expect(ports).toHaveLength(5);
    for (const { sets, ways } of caches) expect(Number.isInteger(sets) && sets > 0 && ways > 0).toBe(true);
  }
}

describe('the parser answers', () => {
  const scale = fc.constantFrom(1, 1, 2, 3, 4096);

  it('any heap of topology words', () => {
    fc.assert(fc.property(tree, scale, expectAnswer), { numRuns: 500 });
  });

  it('any topology that is nearly right', () => {
    fc.assert(fc.property(nearlyRight, scale, expectAnswer), { numRuns: 500 });
  });
});
