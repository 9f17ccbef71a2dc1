/** What a mistake in the bandwidth, the monitors or the MSC features of a topology is answered with. */
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';

const BASE = 'until: 5ms\ntenants: { a: { vms: { web: } } }\n';

/** @param marked a topology with `^` before what is wrong in it. */
function problems(marked: string): { readonly found: string[]; readonly place: string } {
  const lines = `${BASE}machine:\n  topology: ${marked}\n`.split('\n');
  const line = lines.findIndex((text) => text.includes('^'));
  const place = `s.yaml:${line + 1}:${lines[line]!.indexOf('^') + 1}: machine.topology.`;
  const result = parseScenario(lines.join('\n').replace('^', ''), 's.yaml');
  return { found: result.ok ? [] : result.problems.map(formatProblem), place };
}

const m = (memory: string, l3 = 'sets: 8'): string => `{ l3: { ${l3} }, memory: { ${memory} } }`;

const CASES: readonly (readonly [title: string, topology: string, problem: string])[] = [
  [
    'a bandwidth without a unit',
    m('bandwidth: ^25.6'),
    'memory.bandwidth: 25.6; expected none, or a bandwidth with its unit such as 25.6GB/s, from 1MB/s to 100TB/s',
  ],
  [
    'a bandwidth in bits',
    m('bandwidth: ^25Gb/s'),
    'memory.bandwidth: "25Gb/s"; expected none, or a bandwidth with its unit such as 25.6GB/s, from 1MB/s to 100TB/s',
  ],
  [
    'channels of memory without bandwidth',
    m('channels: ^2'),
    'memory.channels: set; expected nothing without bandwidth (e.g. memory: { bandwidth: 25.6GB/s })',
  ],
  [
    'more channels than an MSC has resource instances',
    m('bandwidth: 1GB/s, channels: ^17'),
    'memory.channels: 17; expected an integer from 1 to 16',
  ],
  [
    'an interleave that is no power of two',
    m('bandwidth: 1GB/s, interleave: ^192B'),
    'memory.interleave: 192; expected a power of two, at least a line of 64 bytes',
  ],
  [
    'an interleave within a line',
    m('bandwidth: 1GB/s, interleave: ^32B'),
    'memory.interleave: 32; expected a power of two, at least a line of 64 bytes',
  ],
  [
    'a moving window of more lines than can be remembered',
    m('bandwidth: 25.6GB/s, window: moving, controls: { window_length: ^10ms }'),
    'memory.controls.window_length: 10000 us; expected at most 2621.434 us where the window is moving' +
      ' (a channel remembers 1048574 lines)',
  ],
  [
    'MIN and MAX of no width',
    m('bandwidth: 1GB/s, controls: { bwa_wd: ^0 }'),
    'memory.controls.bwa_wd: 0; expected 1 to 16 with has_min, has_max or has_prop',
  ],
  [
    'a width without MIN and MAX',
    m('bandwidth: 1GB/s, controls: { bwa_wd: ^4, has_min: false, has_max: false }'),
    'memory.controls.bwa_wd: 4; expected 0 without has_min, has_max and has_prop',
  ],
  [
    'NFU with narrowing',
    m('bandwidth: 1GB/s, controls: { has_nfu: ^true, intpartid_max: 7 }'),
    'memory.controls.has_nfu: true; expected false with PARTID narrowing (intpartid_max)',
  ],
  [
    'more internal PARTIDs than there are',
    m('bandwidth: 1GB/s, controls: { partid_max: 7, intpartid_max: ^8 }'),
    'memory.controls.intpartid_max: 8; expected at most partid_max, 7',
  ],
  [
    'cache-storage monitors of memory',
    m('bandwidth: 1GB/s, monitors: { csu: ^{} }'),
    'memory.monitors.csu: set; expected mbwu only: memory keeps no lines (CSU monitors belong to a cache)',
  ],
  [
    'a counter of a width that is none',
    m('bandwidth: 1GB/s, monitors: { mbwu: { long_bits: ^32 } }'),
    'memory.monitors.mbwu.long_bits: 32; expected one of 0, 44, 63',
  ],
  [
    'captures at overflow without capture registers',
    m('bandwidth: 1GB/s, monitors: { mbwu: { has_oflow_capt: ^true } }'),
    'memory.monitors.mbwu.has_oflow_capt: true; expected false without has_capture',
  ],
  [
    'messages about errors that nobody records',
    m('latency: 9ns', 'sets: 8, msc: { has_esr: false, has_err_msi: ^true }'),
    'l3.msc.has_err_msi: true; expected false without has_esr',
  ],
  [
    'a quirk that is none',
    m('latency: 9ns', 'sets: 8, msc: { quirks: [^T241-MPAM-2] }'),
    'l3.msc.quirks.0: "T241-MPAM-2"; expected one of T241-MPAM-1, T241-MPAM-4, T241-MPAM-6,' +
      ' CMN-650-3642720 (did you mean T241-MPAM-1?)',
  ],
  [
    'monitors of a cache that is no MSC',
    '{ l2: { sets: 8, monitors: ^{ csu: {} } } }',
    'l2.monitors: set; expected nothing without controls (controls: { cpbm_wd: 0 } makes it an MSC without partitioning)',
  ],
  [
    'a memory side without a bandwidth of memory',
    m('latency: 9ns', 'sets: 8, memory_side: ^{}'),
    'l3.memory_side: set; expected nothing without a bandwidth of memory' + ' (e.g. memory: { bandwidth: 25.6GB/s })',
  ],
  [
    'a memory side of a cache that has another one outside',
    '{ l2: { sets: 8, controls: {}, memory_side: ^{} }, l3: { sets: 8 }, memory: { bandwidth: 1GB/s } }',
    'l2.memory_side: set; expected nothing: the misses of L2 do not go to memory',
  ],
  [
    'a misspelt control',
    m('bandwidth: 1GB/s, controls: { ^bwa_width: 4 }'),
    'memory.controls.bwa_width: unknown key (did you mean bwa_wd?)',
  ],
];

describe('a mistake in the bandwidth or the MSCs of a topology is told with its place, the value, what is allowed and what to do', () => {
  it.each(CASES)('%s', (_title, topology, problem) => {
    const { found, place } = problems(topology);
    expect(found).toEqual([`${place}${problem}`]);
  });

  it('more channels than a machine can keep account of', () => {
    const text = `${BASE}machine: { pes: 65, topology: { l3: { sets: 8, pes: 1 }, memory: { bandwidth: 1GB/s, per: domain, channels: 16 } } }`;
    const result = parseScenario(text, 's.yaml');
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
      's.yaml:3:10: machine: 1040 channels, at memory sides and of memories; at most 1024 on a machine' +
        ' (give memory fewer channels, or per: machine)',
    ]);
  });
});

describe('bandwidth, monitors and MSC features are written', () => {
  it('in the units of people', () => {
    const text = `${BASE}machine:
  topology:
    l3:
      size: 1MiB
      memory_side: { bandwidth: 10GB/s, window: moving, turnaround: 3ns, starvation_limit: 0, portion_time: 1us,
        offset_limit: 5, controls: { window_length: 2us, dspri_wd: 2, dspri0_is_low: false } }
      monitors: { csu: { num_mon: 3, read_only: true }, mbwu: { scale: 6 } }
    memory:
      bandwidth: 12.5GiB/s
      channels: 4
      interleave: 4KiB
      per: domain
      mode: closed-form
      closed_form_interval: 20us
      write_buffer: 8
      controls: { partid_max: 31, out_of_range: modulo, max_limit: hard, bwpbm_wd: 16, windwr: true }
      msc: { version: v0.1, iidr: 0x43b, spaces: 4, has_extd_esr: true, interrupt: edge, nrdy: 1.5us,
        ingress: { partid_max: 15, has_base_mask: true }, out_of_range_selector: dropped, missing_monitor: silent }
`;
    const result = parseScenario(text, 's.yaml');
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
    const topology = result.value.machines[0]?.topology;
    expect(topology?.levels[0]?.domains[0]).toMatchObject({
      memorySide: {
        ...{
          bytesPerSecond: 10e9,
          window: 'moving',
          turnaroundNs: 3,
          starvationNs: 0,
          portionNs: 1000,
          offsetLimit: 5,
        },
        controls: { hasMin: true, winwd: 512, dspriWd: 2, dspri0IsLow: false },
      },
      monitors: { csu: { numMon: 3, isReadOnly: true }, mbwu: { scale: 6 } },
    });
    expect(topology?.memory.bandwidth).toMatchObject({
      ...{ bytesPerSecond: 12.5 * 2 ** 30, channels: 4, interleaveBytes: 4096, per: 'domain', mode: 'closed-form' },
      ...{ closedFormIntervalNs: 20_000, writeBufferLines: 8 },
      msc: {
        features: { partidMax: 31, pmgMax: 1, outOfRange: 'modulo' },
        controls: { maxLimit: 'hard', bwpbmWd: 16, windwr: true },
        front: {
          ...{ version: 'v0.1', iidr: 0x43b, spaces: 4, hasExtdEsr: true, interrupt: 'edge', nrdyNs: 1500 },
          ingress: { partidMax: 15, hasDirect: true, hasBaseMask: true },
          ...{ egress: undefined, outOfRangeSelector: 'dropped', missingMonitor: 'silent' },
        },
      },
    });
  });
});
