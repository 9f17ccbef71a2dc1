/** What `mpamlab check` says of a machine's caches. */
import { describe, expect, it } from 'vitest';
import { describeTopology } from '../../src/cli/output/topology-overview.ts';
import { scaled } from '../../src/machine/scaled.ts';
import type { TopologyDraft } from '../../src/machine/topology-draft.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';
import type { MachinePlan } from '../../src/run/run-plan.ts';
import { testMachine } from '../support/plans.ts';

function machine(name: string, draft: TopologyDraft, changes: { peCount?: number; scale?: number } = {}): MachinePlan {
  const { peCount = 4, scale = 1 } = changes;
  return testMachine({ name, peCount, topology: scaled(topologyOf(draft).topology, scale).topology });
}

/** The text that a line says after its title. */
function told(text: string, title: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`${title}  `));
  const more = lines.slice(first + 1).findIndex((line) => !line.startsWith('    '));
  const block = lines.slice(first, more === -1 ? undefined : first + 1 + more);
  return block.map((line) => line.trim().replace(title, '').trim()).join(' ');
}

describe('the overview of a topology', () => {
  it('is empty without caches', () => {
    expect(describeTopology([testMachine()])).toBe('');
  });

  it('lists the caches, their MSCs, and what lies around them', () => {
    const draft: TopologyDraft = {
      frequencyMhz: 2000,
      l2: { size: 32_768, ways: 8, policy: 'fifo' },
      l3: {
        ...{ sets: 1000, ways: 12, pes: 2, inclusion: 'exclusive', missClasses: true },
        controls: { cpbmWd: 4, cmaxWd: 8, hasCmin: true, cassocWd: 3, intpartidMax: 7 },
      },
    };
    expect(describeTopology([machine('one', draft), machine('two', draft)])).toBe(`\
Caches of one, two
cache  caches  PEs  size        sets  ways  replacement  writes      inclusion      cycles
L2          4    1  32.0 KiB      64     8  fifo         write-back  non-inclusive      13
L3          2    2  750.0 KiB  1,000    12  lru          write-back  exclusive          50
cache  MSCs  PARTID_MAX  PMG_MAX  portions  are         of         other controls
L3        2          63        1         4  way-groups  187.5 KiB  CMAX 8 bits, CMIN 8 bits, CASSOC 3 bits, EN/DIS, narrowing to 8
PEs of 2,000 MHz, lines of 64 bytes; memory 100ns, pages of 4KiB, sequential, write-backs billed to the owner; quantum 1us, samples every 10ms
The simulator needs 282.0 KiB for the caches' lines, and 4 bytes for each line of memory (miss classes).`);
  });

  it('says so where no cache has controls', () => {
    const text = describeTopology([machine('m', { l3: { sets: 8, controls: 'none', missClasses: false } })]);
    expect(text).toContain('No cache has MPAM controls.');
    expect(text).toContain("The simulator needs 1.0 KiB for the caches' lines.");
  });

  it.each([
    [12, ['Not built with 12 PEs: L3 domain 1; its PEs begin at 12.']],
    [13, []],
  ])('of ris-llc with %i PEs tells which resource instance is not there', (peCount, expected) => {
    const text = describeTopology([machine('m', { preset: 'ris-llc' }, { peCount })]);
    expect(text.split('\n').filter((line) => line.startsWith('Not built'))).toEqual(expected);
  });

  it('tells of several domains that are not there, and of those of a level that has one cache', () => {
    const text = describeTopology([
      machine('m', { l2: { sets: 8, pes: 2, domains: [{}, {}, {}, {}] }, l3: { sets: 8, domains: [{}, {}] } }),
    ]);
    expect(text).toContain('Not built with 4 PEs: L2 domains 2, 3; their PEs begin at 4.');
    expect(text).toContain('Not built with 4 PEs: L3 domain 1; one cache serves all PEs.');
  });

  it('tells machines apart that differ', () => {
    const text = describeTopology([machine('a', { l3: { sets: 8 } }), machine('b', { l3: { sets: 9 } })]);
    expect(text).toContain('Caches of a\n');
    expect(text).toContain('Caches of b\n');
  });
});

describe('the figures of a preset', () => {
  const text = describeTopology([machine('m', { preset: 'grace-like', l2: { latencyCycles: 11 } }, { scale: 16 })]);

  it('are named with their machine and the scale', () => {
    expect(text).toContain('Caches of m, preset grace-like, scale 1/16\n');
    expect(text).toContain('Figures of grace-like before scaling: one die of NVIDIA Grace (T241)\n');
  });

  it.each([
    ['stated', ['pes_per_shared_cache 72', 'l3.size 117MiB', 'bandwidth.bytes_per_second 500 GB/s', 'l2.size 1MiB']],
    ['inferred', ['pmgs 2', 'l3.controls.cpbm_wd 12', 'bandwidth.bwa_wd 7']],
    ['assumed', ['partids 64', 'monitors.csu 16', 'bandwidth.max_limit soft']],
    ['assumed by mpamlab', ['l3.ways 12', 'frequency_mhz 3100', 'memory.latency 110ns']],
    ['set by the scenario', ['l2.latency_cycles (was 13)']],
  ])('that are %s are listed as such', (title, figures) => {
    for (const figure of figures) expect(`${told(text, title)},`).toContain(`${figure},`);
  });

  it('stand each in one list only', () => {
    expect(text.match(/l3\.controls\.cpbm_wd/g)).toHaveLength(1);
    expect(text.match(/l2\.latency_cycles/g)).toHaveLength(1);
  });
});
