/** Random scenarios that execute: topologies, workloads, partitions and changes of every kind, small enough to run often. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { PRESET_NAMES } from '../../../src/machine/presets.ts';
import { INCLUSIONS, REPLACEMENT_POLICIES, WRITE_POLICIES } from '../../../src/memory/hierarchy-config.ts';
import { temporaryFolder } from '../../support/run-files.ts';

const UNTIL_US = 1500;
const GROUPS = ['gold', 'silver', 'bronze'] as const;
const POLICIES = { policy: fc.constantFrom(...REPLACEMENT_POLICIES), write_policy: fc.constantFrom(...WRITE_POLICIES) };

/** 3000 accesses of a Dinero trace: reads, writes and fetches of 4 KiB each, some over line boundaries. */
const TRACE = (() => {
  const path = join(temporaryFolder(), 'accesses.din');
  const line = (at: number): string => `${at % 3} ${(0x1000 * (at % 3) + ((at * 44) % 4096)).toString(16)} 8`;
  writeFileSync(path, `${Array.from({ length: 3000 }, (_, at) => line(at)).join('\n')}\n`);
  return path;
})();

const cache = fc.record({ ways: fc.constantFrom(1, 3, 4, 16), sets: fc.constantFrom(1, 6, 16), ...POLICIES });
/** An inclusive cache must hold what the caches inside it do, stores included. */
const inclusion = fc
  .record({ inclusion: fc.constantFrom(...INCLUSIONS), write_policy: POLICIES.write_policy })
  .filter(({ inclusion: kind, write_policy }) => kind !== 'inclusive' || write_policy !== 'write-through');
const controls = fc.constantFrom(
  {
    cpbm_wd: 4,
    portion_kind: 'way-groups',
    cmax_wd: 8,
    has_cmin: true,
    has_softlim: true,
    victim_preference: 'ladder',
  },
  {
    cpbm_wd: 4,
    portion_kind: 'way-groups',
    cmax_wd: 4,
    has_nfu: true,
    cassoc_wd: 4,
    victim_preference: 'invalid',
  },
);

const written = fc
  .record({
    l1: cache,
    l2: fc.record({ cache, inclusion, pes: fc.constantFrom(1, 2) }),
    l3: fc.record({ inclusion, controls, sets: fc.constantFrom(7, 32), policy: POLICIES.policy }),
    writeHitOwner: fc.constantFrom('allocator', 'writer'),
    billed: fc.constantFrom('owner', 'evictor'),
    placement: fc.constantFrom('sequential', 'scattered'),
  })
  .map(({ l1, l2, l3, writeHitOwner, billed, placement }) => ({
    ...{ l1i: l1, l1d: l1, l2: { ...l2.cache, ...l2.inclusion, pes: l2.pes } },
    l3: {
      ...{ ...l3, ...l3.inclusion, ways: 16 },
      write_hit_owner: l3.inclusion.write_policy === 'write-back' ? writeHitOwner : 'allocator',
    },
    memory: { latency: '100ns', write_back_billed_to: billed, placement },
    ...{ quantum: '1us', sample_interval: '250us' },
  }));

const preset = fc.constantFrom(...PRESET_NAMES).map((name) => ({ preset: name, sample_interval: '250us' }));

/** Presets are shrunk by this, and working sets with them. */
const PRESET_SCALE = 16;

const data = fc.record({
  pattern: fc.constantFrom('sequential', 'uniform', 'zipf', 'pointer-chase', 'loop'),
  size: fc.constantFrom('2KiB', '16KiB', '128KiB'),
  writes: fc.constantFrom('0%', '40%', '100%'),
});
const kernel = fc.constantFrom('none', { data: { pattern: 'uniform', size: '8KiB' }, code: { size: '4KiB' } });
const service = { rate: '100000/s', accesses: 20 };

const phases = fc.tuple(data, data).map(([a, b]) => [
  { for: '300us', data: a },
  { for: '77us', data: b },
]);

/** A recorded trace may touch 1 GiB, for which the simulator needs tables: it comes seldom. */
const workload = fc.oneof(
  { weight: 3, arbitrary: fc.record({ data, kernel, kernel_share: fc.constantFrom('5%', '40%') }) },
  { weight: 3, arbitrary: fc.record({ data, kernel, service: fc.constant(service) }) },
  { weight: 3, arbitrary: fc.record({ phases, kernel }) },
  {
    weight: 1,
    arbitrary: fc.record({ trace: fc.constant(TRACE), format: fc.constant('din'), repeat: fc.boolean(), kernel }),
  },
);

const activity = fc.constantFrom('always', { busy: '100us', sleep: '50us' });
const group = fc.constantFrom(...GROUPS);
const setting = fc.record({
  cache: fc.constant('L3'),
  group,
  cpbm: fc.integer({ min: 0, max: 15 }),
});
const atUs = fc.integer({ min: 1, max: UNTIL_US - 1 });
const change = fc.oneof(
  fc.record({ at: atUs, set_partition: setting }),
  fc.record({ at: atUs, move: fc.constant({ vm: 'vm0' }), to: group }),
  fc.record({ at: atUs, cpu_pm: fc.constant(0), state: fc.constantFrom('retention', 'powerdown') }),
  fc.record({ at: atUs, cpu_offline: fc.constant(1) }),
);

/** Presets differ in how many portions they have: settings are for machines whose caches are written out. */
function scenarioOf({ pes, seed, topologies, variants, vms, host, partitions, changes }: RandomParts): object {
  const hasSettings = topologies.every((topology) => !('preset' in topology));
  const names = vms.map((_, index) => `w${index}`);
  return {
    ...{ seed, until: `${UNTIL_US}us` },
    machine: { pes, scale: hasSettings ? 1 : PRESET_SCALE },
    machines: Object.fromEntries(topologies.map((topology, index) => [`m${index}`, { ...variants[index], topology }])),
    groups: Object.fromEntries(GROUPS.map((name, index) => [name, { partid: index + 1 }])),
    tenants: Object.fromEntries(
      vms.map(({ activity: life, vmm }, index) => {
        const vm = { workload: names[index], activity: life, ...(vmm ? { vmm_workload: 'host' } : {}) };
        return [`t${index}`, { group: GROUPS[index % GROUPS.length], vms: { [`vm${index}`]: vm } }];
      }),
    ),
    workloads: { ...Object.fromEntries(vms.map((vm, index) => [names[index], vm.workload])), host },
    host_tasks: { kworker: { activity: { busy: '20us', sleep: '100us' }, workload: 'host' } },
    ...{ partitions: hasSettings ? partitions : [], schedule: { source: 'simulated', time_slice: '200us' } },
    timeline: changes
      .filter((one) => hasSettings || !('set_partition' in one))
      .map((one) => ({ ...one, at: `${one.at}us` })),
  };
}

const parts = fc.record({
  pes: fc.integer({ min: 2, max: 4 }),
  seed: fc.nat(1000),
  topologies: fc.oneof(
    { weight: 4, arbitrary: fc.array<object>(written, { minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array<object>(preset, { minLength: 1, maxLength: 2 }) },
  ),
  variants: fc.array(
    fc.record({
      mode: fc.constantFrom('vhe', 'nvhe'),
      kernel: fc.constantFrom('series-1-11', 'v7.1'),
      unknown_reset: fc.constantFrom('random', 'worst-case'),
    }),
    { minLength: 2, maxLength: 2 },
  ),
  vms: fc.array(fc.record({ activity, workload, vmm: fc.boolean() }), { minLength: 2, maxLength: 3 }),
  host: fc.record({ data }),
  partitions: fc.array(setting, { maxLength: 3 }),
  changes: fc.array(change, { maxLength: 4 }),
});
type RandomParts = typeof parts extends fc.Arbitrary<infer Parts> ? Parts : never;

/** What a scenario file would say. */
export const executingScenario: fc.Arbitrary<object> = parts.map(scenarioOf);
