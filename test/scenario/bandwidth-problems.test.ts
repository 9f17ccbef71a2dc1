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
    'an interleave without a unit',
    m('bandwidth: 1GB/s, interleave: ^64'),
    'memory.interleave: 64; expected a size from 16B to 1GiB (write a unit: 64B, 64KiB or 64MiB)',
  ],
  [
    'an interleave of nothing',
    m('bandwidth: 1GB/s, interleave: ^0'),
    'memory.interleave: 0; expected a size from 16B to 1GiB',
  ],
  [
    'a time without a unit',
    m('bandwidth: 1GB/s, turnaround: ^5'),
    'memory.turnaround: 5; expected a time from 0 to 1ms in whole ns (write a unit: 5ns or 5us)',
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
    'errors of 64 bits that nobody records',
    m('latency: 9ns', 'sets: 8, msc: { has_esr: false, has_extd_esr: ^true }'),
    'l3.msc.has_extd_esr: true; expected false without has_esr',
  ],
  [
    'overflows of monitors that cannot overflow',
    m('latency: 9ns', 'sets: 8, monitors: { csu: { ^has_oflow_lnkg: true } }'),
    'l3.monitors.csu.has_oflow_lnkg: unknown key (known: num_mon, has_capture, no_match_partid, no_match_pmg,' +
      ' has_xcl, read_only)',
  ],
  [
    'a quirk of settling without a time to settle',
    m('latency: 9ns', 'sets: 8, monitors: { csu: {} }, msc: { nrdy: ^0, quirks: [CMN-650-3642720] }'),
    'l3.msc.nrdy: 0; expected more than 0 with quirk CMN-650-3642720, whose NRDY never clears' +
      ' (without a time to settle NRDY is never set; leave it out for 10us)',
  ],
  [
    'a quirk of CSU monitors where there are none',
    m('bandwidth: 1GB/s, msc: { quirks: ^[CMN-650-3642720] }'),
    'memory.msc.quirks: CMN-650-3642720; expected no such quirk in an MSC without CSU monitors (it is about their NRDY)',
  ],
  [
    'quirks of two parts in one MSC',
    m('latency: 9ns', 'sets: 8, monitors: { csu: {} }, msc: { quirks: ^[T241-MPAM-1, CMN-650-3642720] }'),
    'l3.msc.quirks: T241-MPAM-1 + CMN-650-3642720; expected quirks of one part' +
      ' (MPAMF_IIDR, by which they are known, names one part)',
  ],
  [
    'several channels in an MSC without RIS',
    m('bandwidth: 1GB/s, channels: ^2, msc: { version: v1.0 }'),
    'memory.channels: 2; expected 1 with MSCs of version v1.0, which have no RIS' +
      ' (give memory one channel, or let its msc be of version v1.1)',
  ],
  [
    'caches as resources of an MSC without RIS',
    '{ l3: { sets: 8, pes: 1, one_msc: ^true, msc: { version: v1.0 } } }',
    'l3.one_msc: true; expected false with an MSC of v1.0, which has no RIS' +
      ' (resource instances came with version v1.1)',
  ],
  [
    'an MSC of caches of which one has no controls',
    '{ l3: { sets: 8, one_msc: ^true, domains: [{}, { controls: none }] } }',
    'l3.one_msc: true; expected false where a cache of the level has no controls' +
      ' (cpbm_wd: 0 is a resource without portions)',
  ],
  [
    'an MSC with another number of PARTIDs for each of its caches',
    '{ l3: { sets: 8, one_msc: ^true, domains: [{}, { controls: { partid_max: 7 } }] } }',
    'l3.one_msc: true; expected false where caches of the level differ in partid_max' +
      ' (an MSC has it for all of its resources)',
  ],
  [
    'an MSC with two fronts',
    '{ l3: { sets: 8, one_msc: ^true, domains: [{}, { msc: { nrdy: 1us } }] } }',
    'l3.one_msc: true; expected false where caches of the level differ in nrdy_ns' +
      ' (an MSC has it for all of its resources)',
  ],
  [
    'time slots that are no whole number of lines',
    m('bandwidth: 6.4GB/s, portion_time: ^15ns, controls: { bwpbm_wd: 4 }'),
    'memory.portion_time: 15 ns; expected a whole number of lines of 10 ns (e.g. 20ns)',
  ],
  [
    'time slots of less than a line of one of the channels',
    m('bandwidth: 93.9GB/s, channels: 2, portion_time: ^1ns, controls: { bwpbm_wd: 4 }'),
    // 128 bytes at 93.9 GB/s are 1.3632 ns: 8 of them are 10.905 ns, the first that are whole ns to 1 %.
    'memory.portion_time: 1 ns; expected a whole number of lines of 1.363 ns (e.g. 11ns)',
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

/** What came with v1.1, in members of an L3 and of memory; `^` before the value. */
const LATER: readonly (readonly [path: string, value: string, expected: string])[] = [
  ...[
    ...['l3.controls.has_endis', 'l3.controls.has_cmin', 'l3.controls.has_softlim', 'l3.monitors.csu.has_xcl'],
    ...['l3.monitors.csu.no_match_partid', 'l3.monitors.csu.no_match_pmg', 'memory.controls.has_endis'],
    ...['has_ofsr', 'has_oflow_lnkg', 'has_cevnt_oflw'].map((flag) => `memory.monitors.mbwu.${flag}`),
    ...['has_extd_esr', 'has_err_msi', 'has_oflow_sr', 'has_oflw_msi', 'has_default_partid'].map(
      (flag) => `l3.msc.${flag}`,
    ),
  ].map((path) => [path, 'true', 'false'] as const),
  ['l3.controls.cassoc_wd', '4', '0'],
  ['l3.msc.spaces', '4', '2'],
  ['l3.msc.ingress', '{}', 'no translation'],
  ['memory.msc.egress', '{}', 'no translation'],
];

describe('an MSC of v1.0 is told what it cannot have, instead of going without it:', () => {
  it.each(LATER)('%s %s', (path, value, expected) => {
    const msc = { version: 'v1.0' };
    const topology = {
      l3: { sets: 8, controls: { cmax_wd: 8 }, monitors: { csu: {} }, msc: { ...msc } },
      memory: { bandwidth: '1GB/s', monitors: { mbwu: { has_capture: true } }, msc: { ...msc } },
    };
    expect(topologyProblems(topology)).toEqual([]);
    const keys = path.split('.');
    const last = keys.pop()!;
    const place = keys.reduce<Record<string, unknown>>((node, key) => {
      node[key] ??= {};
      return node[key] as Record<string, unknown>;
    }, topology);
    place[last] = JSON.parse(value);
    const found = value === '{}' ? 'set' : value;
    const problem = `${path}: ${found}; expected ${expected} in an MSC of v1.0 (it came with version v1.1)`;
    expect(topologyProblems(topology)).toEqual([expect.stringContaining(`machine.topology.${problem}`)]);
  });
});

function topologyProblems(topology: object): string[] {
  return problems(`^${JSON.stringify(topology)}`).found;
}

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

it('a factor that leaves time slots with half a line is refused', () => {
  const text = `${BASE}machine: { scale: 2, topology: { l3: { sets: 8 }, memory: { bandwidth: 6.4GB/s, portion_time: 30ns, controls: { bwpbm_wd: 4 } } } }`;
  const result = parseScenario(text, 's.yaml');
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    's.yaml:3:19: machine.scale: 2; expected a factor that keeps time slots a whole number of lines;' +
      ' with this one a line takes 20 ns, and portion_time is 30 ns (e.g. 40ns)',
  ]);
});

it('more caches than an MSC has resources are refused', () => {
  const text = `${BASE}machine: { pes: 17, topology: { l3: { sets: 8, pes: 1, one_msc: true } } }`;
  const result = parseScenario(text, 's.yaml');
  expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([
    's.yaml:3:10: machine: 17 caches of L3 in one MSC; at most 16 resource instances (RIS)' +
      ' (let more PEs share a cache, or leave out one_msc)',
  ]);
});

describe('what is not wanted is none:', () => {
  it.each([
    ['memory_side', m('bandwidth: 1GB/s', 'sets: 8, memory_side: none')],
    ['the controls of a memory side', m('bandwidth: 1GB/s', 'sets: 8, memory_side: { controls: none }')],
    ['the monitors of a cache', m('latency: 9ns', 'sets: 8, monitors: none')],
    ['the monitors of memory', m('bandwidth: 1GB/s, monitors: none')],
    ['the controls of memory', m('bandwidth: 1GB/s, controls: none')],
  ])('%s', (_what, topology) => {
    expect(problems(`^${topology}`).found).toEqual([]);
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
