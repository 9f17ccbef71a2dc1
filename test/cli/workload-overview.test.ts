/** What `check` shows of workloads and partitions. */
import { describe, expect, it } from 'vitest';
import { timelineCells } from '../../src/cli/output/timeline-text.ts';
import { workloadOverview } from '../../src/cli/output/workload-overview.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

function scenario(text: string): Scenario {
  const result = parseScenario(text, 's.yaml');
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

const BASE = `until: 5ms
machine: { scale: 2, topology: { l1d: { size: 64KiB }, l1i: { size: 64KiB }, l3: { size: 8MiB, ways: 64, controls: {
  cpbm_wd: 64, cmax_wd: 8 } } } }
tenants: { a: { vms: { web: { workload: rpc, vmm_workload: traced } } } }
`;

describe('the overview of a scenario', () => {
  it('says nothing of workloads where there are none', () => {
    expect(workloadOverview(scenario('until: 1ms\ntenants: { a: { vms: { web: } } }'))).toEqual([]);
  });

  it('shows what would be executed, by whom, in how much memory', () => {
    const [workloads, memory] = workloadOverview(
      scenario(`${BASE}
workloads:
  rpc:
    service: { rate: 2000/s, accesses: 500 }
    kernel: none
    phases:
      - { for: 2ms, data: { pattern: zipf, exponent: 0.9, size: 1MiB }, mlp: 1.5 }
      - { data: [{ pattern: strided, stride: 256B, size: 3MiB, weight: 7, writes: 2.5% }], code: none }
  traced: { trace: p.din, format: din, repeat: false, kernel: none }
host_tasks: { kworker: { workload: traced } }
`),
    );
    expect(workloads?.split('\n')).toEqual([
      'Workloads',
      'workload  executed by          phase           side  instructions/access  CPI  MLP  requests',
      'rpc       web                  0 (2ms)         user                    3    1  1.5  every 500us (mean), 500 accesses each',
      'rpc       web                  1 (to the end)  user                    3    1    2  every 500us (mean), 500 accesses each',
      'traced    VMM of web, kworker                  user                    3    1    2',
    ]);
    expect(memory?.split('\n')).toEqual([
      'Memory that they touch, at scale 1/2 (recorded traces are not scaled)',
      'workload  phase           side  what           pattern             size    one per  region               weight  stores',
      'rpc       0 (2ms)         user  data of 8B     zipf, exponent 0.9  512KiB  vcpu     rpc.phases.0.data         1    30 %',
      'rpc       0 (2ms)         user  code           loop                32KiB   vm       rpc.code',
      'rpc       1 (to the end)  user  data of 8B     strided by 256B     1.5MiB  vcpu     rpc.phases.1.data.0       7   2.5 %',
      'traced                    user  recorded, din  once                        vcpu     p.din',
    ]);
  });

  it('shows partitions in the words of the file', () => {
    const checked = scenario(`${BASE.replace('tenants', 'groups: { gold: { partid: 1 } }\ntenants')}
workloads: { rpc: { trace: x }, traced: { trace: x } }
partitions:
  - { cache: l3, group: gold, cpbm: "0-3,63", cmax: 12.5% }
  - { cache: l3-0, machine: machine, partid: 2, space: realm, cmax: 0x0fff, enabled: false }
timeline:
  - { at: 1ms, set_partition: { cache: L3, group: gold, cpbm: 0xf0 } }
`);
    expect(workloadOverview(checked).at(-1)?.split('\n')).toEqual([
      'Partitions from the start',
      'msc: L3, partid: 1, cpbm: 0x800000000000000f, cmax: 12.5%',
      'msc: l3-0, machine: machine, space: realm, partid: 2, cmax: 0x0fff, enabled: false',
    ]);
    expect(checked.timeline.map((timed) => timelineCells(timed, checked))).toEqual([
      ['1ms', 'set_partition', 'msc: L3, partid: 1, cpbm: 0xf0'],
    ]);
  });

  it('counts the portions of a bitmap that is too long for a line', () => {
    const checked = scenario(`until: 5ms
machine: { topology: { l3: { sets: 1600, ways: 4, controls: { cpbm_wd: 200, portion_kind: sets } } } }
tenants: { a: { vms: { web: } } }
partitions: [{ cache: L3, partid: 1, cpbm: "0-99,199" }, { cache: L3, partid: 2, cpbm: "0-127" }]
`);
    expect(workloadOverview(checked)[0]?.split('\n').slice(1)).toEqual([
      'msc: L3, partid: 1, cpbm: 101 portions up to 199',
      `msc: L3, partid: 2, cpbm: 0x${'f'.repeat(32)}`,
    ]);
  });

  it('shows what is set in memory, what is watched, and what MSCs are told, in the words of the file', () => {
    const checked = scenario(`until: 5ms
machine: { topology: { l3: { sets: 16, monitors: { csu: { has_xcl: true } } }, memory: { bandwidth: 1GB/s, channels: 2,
  controls: { bwpbm_wd: 40, has_prop: true, intpri_wd: 2, windwr: true }, monitors: { mbwu: { has_rwbw: true } } } } }
groups: { gold: { partid: 1 } }
tenants: { a: { vms: { web: } } }
partitions:
  - { msc: memory, ris: 1, group: gold, mbw_min: 5%, mbw_max: 0x7fff, hardlim: true, mbw_pbm: "0,39", stride: 0, intpri: 3, window: 12.5us }
monitors:
  - { msc: L3, csu: 3, xcl: true, space: secure }
  - { msc: mem-0, ris: 0, mbwu: 1, group: gold, rw: writes }
  - { msc: mem-0, ris: 1, mbwu: 1, partid: 9, pmg: 1, long: false }
timeline:
  - { at: 1ms, write_msc: { msc: mem-0, register: MPAMCFG_MBW_PBM1, partid: 9, ris: 1, value: 0x80 } }
  - { at: 1ms, write_msc: { msc: memory, register: MSMON_MBWU_L, instance: 2, value: 0x100000000 } }
  - { at: 1ms, write_msc: { msc: l3-0, register: MPAMF_ECR, space: realm, value: 1 } }
  - { at: 2ms, capture: { msc: memory, event: 3 } }
  - { at: 2ms, capture: { msc: L3, event: local, all: true } }
`);
    const sections = workloadOverview(checked).map((section) => section.split('\n'));
    expect(sections).toEqual([
      [
        'Partitions from the start',
        'msc: memory, ris: 1, partid: 1, mbw_min: 5%, mbw_max: 0x7fff, hardlim: true, mbw_pbm: 0x8000000001, stride: 0,' +
          ' intpri: 3, window: 12.5us',
      ],
      [
        'Monitors',
        'msc: L3, space: secure, csu: 3, xcl: true',
        'msc: mem-0, ris: 0, mbwu: 1, group: gold, rw: writes, long: true',
        'msc: mem-0, ris: 1, mbwu: 1, partid: 9, pmg: 1, long: false',
      ],
    ]);
    expect(checked.timeline.map((timed) => timelineCells(timed, checked).slice(1))).toEqual([
      ['write_msc', 'msc: mem-0, ris: 1, register: MPAMCFG_MBW_PBM1, partid: 9, value: 0x00000080'],
      ['write_msc', 'msc: memory, register: MSMON_MBWU_L, instance: 2, value: 0x0000000100000000'],
      ['write_msc', 'msc: l3-0, space: realm, register: MPAMF_ECR, value: 0x00000001'],
      ['capture', 'msc: memory, event: 3'],
      ['capture', 'msc: L3, event: local, all: true'],
    ]);
  });
});
