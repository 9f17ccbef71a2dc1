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

  it('lists memories with a bandwidth, what regulates it, and what else MSCs have', () => {
    const draft: TopologyDraft = {
      l3: {
        ...{ sets: 1024, pes: 2, monitors: { csu: { hasXcl: true, readOnly: true } }, msc: { nrdy: 3000 } },
        memorySide: { window: 'moving', starvationLimit: 0, controls: { hasMin: false, maxLimit: 'soft', dspriWd: 2 } },
      },
      memory: {
        ...{ bandwidth: 25.6e9, channels: 4, per: 'domain', turnaround: 5, writeBuffer: 8 },
        controls: {
          bwaWd: 8,
          bwpbmWd: 32,
          hasProp: true,
          windwr: true,
          intpriWd: 3,
          intpri0IsLow: false,
          intpartidMax: 7,
        },
        monitors: { mbwu: { longBits: 0, hasRwbw: true } },
        msc: { hasEsr: false, quirks: ['T241-MPAM-6'] },
      },
    };
    const lines = describeTopology([machine('one', draft)]).split('\n');
    // 64 bytes at 6.4 GB/s are 10 ns.
    expect(lines.slice(5, 12)).toEqual(
      `\
memory  memories  bandwidth  channels  of each  a line  interleaved  mode   write buffer
memory         2  25.6GB/s          4  6.4GB/s  10ns    256B         exact             8
regulated  accounting                                           bandwidth and priority controls
L3         moving window, no starvation limit                   MAX 16 bits (soft), window 10us, DSPRI 2 bits
memory     fixed window, starvation limit 20us, turnaround 5ns  MIN 8 bits, MAX 8 bits (soft or hard), window 10us (writable), 32 portions, stride 8 bits, INTPRI 3 bits (0 is high)
MSC     MSCs  RIS  resource                     PARTID_MAX  PMG_MAX  monitors                front
L3         2  0    cache, memory side 25.6GB/s          63        1  8 CSU (XCL, read-only)  v1.1, ESR (level), NRDY 3us`.split(
        '\n',
      ),
    );
    expect(lines[12]).toBe(
      'memory     2  0-3  channel, narrowing to 8              63        1  8 MBWU (31 bits, RWBW)  v1.1, T241-MPAM-6',
    );
  });

  it('has no table of memory whose bandwidth is unlimited', () => {
    expect(describeTopology([machine('m', { l3: { sets: 8 } })])).not.toMatch(/^(memory|regulated|MSC) /m);
  });

  it('lists the resources of an MSC that stands before all caches of a level', () => {
    const draft: TopologyDraft = {
      l3: { sets: 1024, pes: 1, oneMsc: true, domains: [{ ways: 16, monitors: { csu: {} } }, { ways: 12 }] },
    };
    const lines = describeTopology([machine('one', draft, { peCount: 3 })]).split('\n');
    expect(lines.slice(4, 10)).toEqual([
      'cache        MSCs  PARTID_MAX  PMG_MAX  portions  are   of        other controls',
      'L3 domain 0  one           63        1        16  ways  64.0 KiB  EN/DIS',
      'L3 domain 1  one           63        1        12  ways  64.0 KiB  EN/DIS',
      'MSC  MSCs  RIS   resource         PARTID_MAX  PMG_MAX  monitors  front',
      'L3      1  0, 2  cache, domain 0          63        1  8 CSU     v1.1, ESR (level)',
      'L3      1  1     cache, domain 1          63        1            v1.1, ESR (level)',
    ]);
    const alike: TopologyDraft = { l3: { sets: 1024, pes: 1, oneMsc: true } };
    expect(describeTopology([machine('one', alike, { peCount: 3 })])).toContain('\nL3      1  0-2  cache     ');
  });

  it('says of a closed form that waits come from load', () => {
    const memory = { bandwidth: 1e9, mode: 'closed-form', window: 'moving', closedFormInterval: 20_000 } as const;
    const text = describeTopology([machine('m', { l3: { sets: 8 }, memory })]);
    expect(text).toMatch(/^memory {5}load of the last 20us {2,}MIN/m);
    expect(text).not.toContain('moving window');
  });

  it('lists for an MSC of v1.0 what such an MSC can have', () => {
    const msc = { version: 'v1.0' } as const;
    const text = describeTopology([machine('m', { l3: { sets: 8, monitors: { csu: {} }, msc } })]);
    expect(text).not.toMatch(/EN\/DIS|XCL|SOFTLIM|CMIN|CASSOC/);
    expect(text).toContain('8 CSU     v1.0, ESR (level)');
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

  it('are replaced by what the scenario says of memory, too', () => {
    const changes: TopologyDraft = {
      memory: { bandwidth: 1e9, controls: { bwaWd: 3 }, monitors: { mbwu: { numMon: 2 } } },
    };
    const changed = describeTopology([machine('m', { preset: 'grace-like', ...changes })]);
    const replaced = `${told(changed, 'set by the scenario')},`;
    for (const figure of [
      'bandwidth.bytes_per_second (was 500 GB/s)',
      'bandwidth.bwa_wd (was 7)',
      'monitors.mbwu (was 16)',
    ]) {
      expect(replaced).toContain(`${figure},`);
    }
    const taken = describeTopology([machine('m', { preset: 'grace-like', memory: { bandwidth: 'none' } })]);
    expect(told(taken, 'set by the scenario')).toContain('bandwidth.has_min (was yes)');
  });

  it('stand each in one list only', () => {
    expect(text.match(/l3\.controls\.cpbm_wd/g)).toHaveLength(1);
    expect(text.match(/l2\.latency_cycles/g)).toHaveLength(1);
  });
});
