/** What the topology of a scenario becomes: presets, variants, units, scale. */
import { describe, expect, it } from 'vitest';
import type { TopologySpec } from '../../src/machine/topology.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

const BASE = 'until: 5ms\ntenants: { a: { vms: { web: } } }\n';

function scenario(text: string, ...overrides: string[]): Scenario {
  const result = parseScenario(`${BASE}${text}`, 's.yaml', overrides);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

function topologies(text: string, ...overrides: string[]): (TopologySpec | undefined)[] {
  return scenario(text, ...overrides).machines.map(({ topology }) => topology);
}

/** Level, caches' sets and ways. */
function shapes(topology: TopologySpec | undefined): string[] {
  return (topology?.levels ?? []).map(({ key, domains }) => {
    return `${key} ${domains.map(({ sets, ways }) => `${sets}x${ways}`).join(' ')}`;
  });
}

describe('a machine', () => {
  it('has no caches unless its scenario says so', () => {
    expect(topologies('')).toEqual([undefined]);
    expect(topologies('machine: { topology: none }')).toEqual([undefined]);
  });

  it('is a preset by its name alone, or with changes', () => {
    expect(topologies('machine: { topology: dsu-cluster }')[0]).toEqual(topologyOf({ preset: 'dsu-cluster' }).topology);
    const changed = topologies('machine: { topology: { preset: dsu-cluster, l3: { latency_cycles: 33 } } }')[0];
    expect(changed?.levels.at(-1)?.domains[0]).toMatchObject({ latencyCycles: 33, sets: 16_384, ways: 16 });
  });

  it('can be changed from the command line', () => {
    const [topology] = topologies(
      'machine: { topology: { preset: reference } }',
      'machine.topology.l3.ways=8',
      'machine.topology.l3.controls.cpbm_wd=8',
    );
    expect(shapes(topology)).toContain('l3 32768x8');
  });

  it('is written out in the units of people', () => {
    const [topology] = topologies(`machine:
  topology:
    frequency_mhz: 2500
    line_bytes: 128
    l1d: { size: 32KiB, ways: 4, policy: tree-plru, write_policy: write-through }
    l2: { sets: 1000, ways: 10, pes: 2, inclusion: inclusive, write_hit_owner: writer, flows: true }
    l3:
      size: 1.5MiB
      ways: 12
      pes: 4
      policy: srrip
      inclusion: exclusive
      latency_cycles: 44
      miss_classes: false
      controls:
        { partid_max: 46, pmg_max: 1, cpbm_wd: 4, portion_kind: sets, cmax_wd: 8, has_softlim: true, has_cmin: true,
          cassoc_wd: 3, has_endis: true, has_nfu: false, intpartid_max: 15, out_of_range: modulo, reset: poison,
          victim_preference: ladder }
    memory: { latency: 85ns, page_size: 64KiB, placement: scattered, recorded: 3MiB, write_back_billed_to: evictor }
    quantum: 2us
    sample_interval: 500us`);
    expect(shapes(topology)).toEqual(['l1d 64x4', 'l2 1000x10', 'l3 1024x12']);
    expect(topology).toMatchObject({
      frequencyMhz: 2500,
      lineBytes: 128,
      memory: {
        ...{ latencyNs: 85, pageBytes: 65_536, placement: 'scattered', recordedBytes: 3 * 2 ** 20 },
        writeBackBilledTo: 'evictor',
      },
      quantumNs: 2000,
      sampleIntervalNs: 500_000,
      scale: 1,
      provenance: undefined,
    });
    expect(topology?.levels[0]).toMatchObject({ domains: [{ policy: 'tree-plru', writePolicy: 'write-through' }] });
    expect(topology?.levels[1]).toMatchObject({
      pes: 2,
      domains: [{ inclusion: 'inclusive', writeHitOwner: 'writer', flows: true, controls: undefined }],
    });
    expect(topology?.levels[2]?.domains[0]).toMatchObject({
      inclusion: 'exclusive',
      latencyCycles: 44,
      flows: true,
      missClasses: false,
      controls: {
        ...{ partidMax: 46, pmgMax: 1, cpbmWd: 4, portionKind: 'sets', cmaxWd: 8, hasCmax: true, hasSoftlim: true },
        ...{ hasCmin: true, cassocWd: 3, hasEndis: true, hasNfu: false, intpartidMax: 15, outOfRange: 'modulo' },
        ...{ reset: 'poison', victimPreference: 'ladder' },
      },
    });
  });

  it('of a preset has its PEs, PARTIDs and PMGs, unless the scenario says otherwise', () => {
    const preset = scenario('machine: { topology: vera-like }');
    expect(preset.peCount).toBe(88);
    expect(preset.machines[0]?.features).toMatchObject({ partidMax: 46, pmgMax: 1 });
    const changed = scenario('machine: { topology: { preset: vera-like }, pes: 3, features: { partid_max: 7 } }');
    expect(changed.peCount).toBe(3);
    expect(changed.machines[0]?.features).toMatchObject({ partidMax: 7, pmgMax: 1 });
    expect(scenario('machine: { topology: { l3: { sets: 8 } } }').peCount).toBe(2);
  });
});

describe('a variant', () => {
  const COMMON = 'machine: { topology: { preset: dsu-cluster, l2: none, l3: { ways: 8 } } }\n';

  it('says only where its topology differs', () => {
    const found = topologies(`${COMMON}machines: { x: {}, y: { topology: { l3: { controls: { has_nfu: true } } } } }`);
    expect(found.map(shapes)).toEqual([
      ['l1i 256x4', 'l1d 256x4', 'l3 32768x8'],
      ['l1i 256x4', 'l1d 256x4', 'l3 32768x8'],
    ]);
    const controls = found.map((topology) => topology?.levels.at(-1)?.domains[0]?.controls?.hasNfu);
    expect(controls).toEqual([false, true]);
  });

  it('begins anew with a preset of its own, and has no caches with none', () => {
    const found = topologies(
      `${COMMON}machines: { x: { topology: dsu-cluster }, y: { topology: { preset: reference, l1i: none } }, z: { topology: none } }`,
    );
    expect(found.map(shapes)).toEqual([
      ['l1i 256x4', 'l1d 256x4', 'l2 1024x8', 'l3 16384x16'],
      ['l1d 256x4', 'l2 2048x8', 'l3 8192x32'],
      [],
    ]);
  });

  it('may be the only one with caches', () => {
    const found = topologies('machines: { x: {}, y: { topology: { l3: { sets: 3, ways: 5 } } } }');
    expect(found.map(shapes)).toEqual([[], ['l3 3x5']]);
  });
});

describe('a scale', () => {
  it('shrinks the caches of every machine alike', () => {
    const found = topologies(
      'machine: { scale: 16, topology: grace-like }\nmachines: { x: {}, y: { topology: ris-llc } }',
    );
    expect(found.map(shapes)).toEqual([
      ['l1i 16x4', 'l1d 16x4', 'l2 128x8', 'l3 9984x12'],
      ['l1i 16x4', 'l1d 16x4', 'l2 64x8', 'l3 1024x16 1365x12'],
    ]);
    expect(found.map((topology) => topology?.scale)).toEqual([16, 16]);
  });
});
