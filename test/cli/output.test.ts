/** How results are printed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunOverview } from '../../src/analysis/run-overview.ts';
import { cacheText } from '../../src/cli/output/cache-report.ts';
import { csvLines } from '../../src/cli/output/csv.ts';
import { bytes, count, percent, rate, seconds } from '../../src/cli/output/format.ts';
import { jsonLines } from '../../src/cli/output/json-rows.ts';
import { memoryText, monitorsText } from '../../src/cli/output/memory-report.ts';
import { runReport } from '../../src/cli/output/run-report.ts';
import { stateText } from '../../src/cli/output/state-text.ts';
import { type Cell, table, tableLines } from '../../src/cli/output/table.ts';
import { timelineCells } from '../../src/cli/output/timeline-text.ts';
import { curveParts } from '../../src/cli/output/trace-curves.ts';
import type { CurveResult, TenantResult } from '../../src/run/trace-study/trace-study-result.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';

describe('numbers', () => {
  it.each([
    ['a count of nothing is 0', count(0), '0'],
    ['a large count has its thousands in groups', count(1234567), '1,234,567'],
    ['the start of a run is 0 s', seconds(0), '0.000 s'],
    ['a time in whole milliseconds has three decimals', seconds(1_500_000_000), '1.500 s'],
    ['a time in whole microseconds has six', seconds(20_002_706_000), '20.002706 s'],
    ['a time loses no nanosecond', seconds(250), '0.000000250 s'],
    ['no share is 0.0 %', percent(0), '0.0 %'],
    ['a whole share is 100.0 %', percent(1), '100.0 %'],
    ['a share has one decimal', percent(0.187), '18.7 %'],
    ['a tiny share does not look like none', percent(0.0001), '<0.1 %'],
    ['an almost whole share does not look whole', percent(0.99999), '>99.9 %'],
    ['a small size is in bytes', bytes(512), '512 B'],
    ['a larger size is in powers of 1024', bytes(1536), '1.5 KiB'],
    ['a rate has three significant digits', rate(1_234_567), '1.23 M/s'],
    ['a low rate is a whole number', rate(12), '12 /s'],
  ])('%s', (_sentence, shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('a table', () => {
  it('aligns columns of numbers to the right and others to the left', () => {
    expect(
      table(
        ['name', 'ns'],
        [
          ['a', 5],
          ['bcdef', 1234],
        ],
      ).split('\n'),
    ).toEqual(['name     ns', 'a         5', 'bcdef  1234']);
  });

  it('keeps control characters of stored texts away from the terminal', () => {
    expect(table(['x'], [['a\u001b[31mb\nc']])).toBe('x\na [31mb c');
  });

  it('shows every row, beyond those that set the widths too', () => {
    const rows = Array.from({ length: 2500 }, (_, row): Cell[] => [row]);
    expect([...tableLines(['row'], rows)].slice(1).map(Number)).toEqual(rows.map(([row]) => row));
  });
});

const none = { columns: [], rows: [] };
/** Of a run in which nothing happened. */
const NOTHING: RunOverview = {
  ...{ machines: none, registerChanges: none, mscRegisterChanges: none, mislabelled: none, guestEntries: none },
  ...{ importIssues: none, tenants: none, evictions: none, memoryTenants: none, monitors: none },
};
const RESULT = { path: 'a.db', status: 'completed', digest: '', events: 0, simulatedNs: 0, elapsedMs: 1 } as const;

describe('the report on a run', () => {
  it('says what to do about each kind of import issue that it knows', () => {
    const importIssues = {
      columns: ['kind', 'issues', 'first_line', 'first_text'],
      rows: [
        ['lost-events', 3, 17, 'CPU:1 [LOST 5 EVENTS]'],
        ['of-another-version', 1, 99, 'whatever'],
      ],
    };
    const report = runReport('a', RESULT, { ...NOTHING, importIssues });
    expect(report).toMatch(
      /^of-another-version +1 +99 +whatever\n {2}lost-events: Record with larger buffers .*\n\nNext\n/m,
    );
  });
});

describe('the report on a run with caches', () => {
  it('leads on to the queries about caches, and without caches to the labels', () => {
    const queriesIn = (report: string) => [...report.matchAll(/mpamlab query a\.db (\S+) /g)].map(([, name]) => name);
    expect(queriesIn(runReport('a', RESULT, { ...NOTHING, tenants }))).toEqual(['evictions', 'cycles', 'occupancy']);
    expect(queriesIn(runReport('a', RESULT, NOTHING))).toEqual(['guest-el1-label']);
  });

  const tenants = {
    columns: [],
    rows: [
      ['m', 'gold', 1.25, 0.5, 0.2, 0],
      ['m', 'silver', null, null, null, null],
    ],
  };
  const flow = (evictor: string | null, victim: string | null, lines: number) => ['m', evictor, victim, lines];

  it('has each tenant’s figures, and a matrix of who took whose lines in the order of the tenants', () => {
    const evictions = { columns: [], rows: [flow('silver', 'gold', 12_345), flow(null, 'silver', 1)] };
    expect(cacheText({ tenants, evictions }).split('\n')).toEqual([
      'Tenants in the caches (MPKI and misses of the last level)',
      'machine  tenant    IPC   MPKI  misses by interference',
      'm        gold    1.250  0.500                  20.0 %',
      'm        silver      -      -                       -',
      '',
      'Lines taken in the last level',
      'machine  evictor  of gold  of silver  of -',
      'm        gold           0          0     0',
      'm        silver    12,345          0     0',
      'm        -              0          1     0',
    ]);
  });

  it('tells how many lines found no way in the last level, if any did', () => {
    const [gold = [], silver = []] = tenants.rows;
    const refused = { columns: [], rows: [[...gold.slice(0, 5), 0.125], silver] };
    expect(cacheText({ tenants: refused, evictions: none }).split('\n').slice(1)).toEqual([
      'machine  tenant    IPC   MPKI  misses by interference  refused',
      'm        gold    1.250  0.500                  20.0 %   12.5 %',
      'm        silver      -      -                       -        -',
    ]);
  });

  it('has no matrix of more than eight tenants', () => {
    const rows = Array.from({ length: 9 }, (_, at) => flow(`tenant-${at}`, 'tenant-0', 1));
    expect(cacheText({ tenants, evictions: { columns: [], rows: rows.slice(1) } })).not.toContain('Lines taken');
    expect(cacheText({ tenants, evictions: { columns: [], rows: rows.slice(2) } })).toContain('Lines taken');
  });
});

describe('the report on a run with memory bandwidth', () => {
  const tenantAt = (resource: string) => ({
    columns: [],
    rows: [
      ['m', resource, 'gold', 2_560_000_000, 0.2, 16.667, 0],
      ['m', 'mem-0', null, 1_000_000, 0.00008, null, 37.5],
    ],
  });
  const monitor = (value: number, nrdy: number, own: number | null) => ['m', 'l3-0', 'csu', 3, value, nrdy, 1024, own];

  it('has each tenant’s share and waits, and says where if there are several memories', () => {
    const [, header, ...rows] = memoryText({ memoryTenants: tenantAt('mem-0') })!.split('\n');
    expect([header, ...rows]).toEqual([
      'machine  tenant   GB/s   share  queueing  throttled',
      'm        gold    2.560  20.0 %   16.7 ns     0.0 ns',
      'm        -       0.001  <0.1 %         -    37.5 ns',
    ]);
    expect(memoryText({ memoryTenants: tenantAt('mem-1') })).toMatch(/^machine +at +tenant .*\nm +mem-1 +gold /m);
  });

  it('has what monitors showed at last, and not whatever they hold while they are not ready', () => {
    const rows = [monitor(960, 0, 2048), monitor(7, 1, null)];
    expect(
      monitorsText({ monitors: { columns: [], rows } })!
        .split('\n')
        .slice(1),
    ).toEqual([
      'machine  at    monitor  shows      by label  by tenant',
      'm        l3-0  CSU 3    960           1,024      2,048',
      'm        l3-0  CSU 3    not ready     1,024          -',
    ]);
    const many = { columns: [], rows: Array.from({ length: 1025 }, () => monitor(0, 0, 0)) };
    expect(monitorsText({ monitors: many })).toMatch(/\n1,025 monitors: see the query monitors$/);
  });

  it('leads on to the queries about bandwidth and monitors, and counts changes in MSCs', () => {
    const overview = {
      ...NOTHING,
      machines: { columns: ['machine'], rows: [['m']] },
      registerChanges: { columns: [], rows: [['m', 'MPAM1_EL1', 4]] },
      mscRegisterChanges: { columns: [], rows: [['m', 'MPAMCFG_MBW_MAX', 1234]] },
    };
    expect(runReport('a', RESULT, overview)).toMatch(/^MPAM1_EL1 +4\nMPAMCFG_MBW_MAX +1,234$/m);
    expect(runReport('a', RESULT, overview)).not.toMatch(/at memory|Monitors|bandwidth/);
    const monitors = { columns: [], rows: [monitor(1, 0, 1)] };
    const report = runReport('a', RESULT, { ...NOTHING, memoryTenants: tenantAt('mem-0'), monitors });
    for (const query of ['bandwidth', 'bandwidth-blame', 'throttling', 'monitors']) {
      expect(report).toContain(`\n  npx mpamlab query a.db ${query} `);
    }
    expect(report).toMatch(/^Tenants at memory [\s\S]*^Monitors at the end/m);
  });
});

describe('miss-ratio curves', () => {
  const at = (lines: number, missRatio: number) => ({ lines, misses: 0, missRatio, standardError: 0.01 });
  const tenant = (name: string, curve: CurveResult): TenantResult => ({
    ...{ name, file: name, format: 'din', partid: 1, settings: undefined, instructions: 0, issues: [], curve },
    recorded: { reads: 0, writes: 0, fetches: 0, modifies: 0 },
  });
  const exact = { footprintLines: 4, points: [at(1, 1), at(2, 0.5), at(4, 0.25)] };
  const sampled = {
    ...{ rate: 0.5, sampledLines: 2, sampledReferences: 5, points: [at(2, 0.46), at(4, 0.27)] },
    // Also over sizes that are not shown.
    error: { meanAbsolute: 0.02, largest: 0.3 },
  };
  const small = { footprintLines: 1, points: [at(1, 0.125)] };
  const parts = curveParts({
    ...{ convention: 'lines', interleaving: 'sequential', lineBytes: 64, caches: [], memory: [] },
    tenants: [
      tenant('a', { references: 10, exact, sampled, byWays: undefined }),
      tenant('b', { references: 8, exact: small, sampled: undefined, byWays: undefined }),
    ],
  });

  it('go on flat beyond the size that holds everything, and begin where they are known', () => {
    expect(parts[0]?.split('\n').slice(1)).toEqual([
      'lines  size         a  a, sampled           b',
      '    1  64 B   100.0 %                  12.5 %',
      '    2  128 B   50.0 %  46.0 % ± 1.0 %  12.5 %',
      '    4  256 B   25.0 %  27.0 % ± 1.0 %  12.5 %',
    ]);
  });

  it('tell the largest error of a sample among the sizes that are shown', () => {
    expect(parts[1]).toMatch(/: rate 0\.500, .*; mean absolute error 0\.0200, largest at a size shown 0\.0400$/);
  });
});

describe('the state of MSCs', () => {
  const common = { partidSpace: 'Non-secure', ris: 0, sinceNs: 20_000_000, seq: 7 };
  const portions = {
    ...common,
    partid: 5,
    internal: true,
    instance: null,
    register: 'MPAMCFG_CPBM0',
    value: '0x0000000f',
  };
  const filter = {
    ...common,
    partid: null,
    internal: false,
    instance: 3,
    register: 'MSMON_CFG_CSU_FLT',
    value: '0x00000005',
  };
  const settings = [portions, filter].map((setting) => ({ ...setting, resource: 'l3-0' }));
  const msc = { msc: 0, machine: 'm', name: 'l3-0', cache: 'l3-0', settings };

  it('is a table of its own, and none where there are no MSCs', () => {
    expect(stateText([], [msc], [])).toMatch(
      /\n\nMSC settings .*\nMSC +machine .*\n *0 +m +l3-0 +0 +l3-0 +Non-secure +5 \(internal\) +MPAMCFG_CPBM0 +0x0000000f +0\.020 s +7\n *0 .* +monitor 3 +MSMON_CFG_CSU_FLT +0x00000005 .*$/,
    );
    expect(stateText([], [{ ...msc, settings: [] }], [])).toContain('none was changed');
    expect(stateText([], [], [])).not.toContain('MSC');
  });
});

describe('the occupancy of caches', () => {
  const l3 = { machine: 'm', cache: 'l3-0', level: 'L3', outerCache: null, capacityLines: 1000 } as const;
  const label = { partidSpace: 'Non-secure', pmg: 1 } as const;

  it('names tenants and labels, and says as of when', () => {
    const holders = [
      { ...label, tenant: 'gold', partid: 7, error: false, lines: 600, bytes: 38_400 },
      { ...label, tenant: null, partid: 0, error: true, lines: 25, bytes: 1600 },
    ];
    expect(stateText([], [], [{ ...l3, sampledNs: 20_000_000, holders }])).toMatch(
      /\n\nLines .*\nmachine .*\nm +l3-0 +gold +Non-secure +7\/1 +600 +37\.5 +60\.0 % +0\.020 s\nm +l3-0 +- +Non-secure +0\/1! +25 +1\.6 +2\.5 % +0\.020 s$/,
    );
  });

  it('says why there is none to tell', () => {
    expect(stateText([], [], [{ ...l3, sampledNs: null, holders: [] }])).toMatch(/\nthere was no sample until then$/);
    expect(stateText([], [], [{ ...l3, sampledNs: 20_000_000, holders: [] }])).toMatch(/\nnone$/);
    expect(stateText([], [], [])).not.toContain('Lines');
  });
});

describe('the report on a recorded run', () => {
  it('says how much guest activity was modelled, and that no EL0 was recorded', () => {
    const mislabelled = { columns: [], rows: [['m', 'vhe', 'v7.1', 'gold', null, null, 2_500_000, 0]] };
    const guestEntries = { columns: ['modelled', 'recorded'], rows: [[55_753, 12]] };
    const overview = { ...NOTHING, mislabelled, guestEntries };
    const report = runReport('a', RESULT, overview);
    expect(report).toMatch(/^m +vhe +v7\.1 +gold +not recorded +- +2\.500 ms +0\.0 %$/m);
    expect(report).toContain('\nguest entries: 55,753 modelled, 12 recorded\n');
    expect(runReport('a', RESULT, { ...overview, guestEntries: none })).toMatch(/ gold +0\.000 ms +- +2\.500 ms/);
  });
});

describe('the timeline of a scenario', () => {
  it('is shown in the words of the file', () => {
    const text = [
      'name: words',
      'until: 10ms',
      'groups: { gold: { partid: 1, pmg: 0 } }',
      'tenants: { red: { group: gold, vms: { web: { vcpus: 1 } } } }',
      'machine: { pes: 2 }',
      'timeline:',
      '  - { at: 1ms, move: { vm: web, vcpu: 0 }, to: gold }',
      '  - { at: 2ms, move: { tenant: red }, to: default }',
      '  - { at: 3ms, cpu_default: 1, group: gold }',
      '  - { at: 4ms, guest_access: { vm: web }, register: MPAM0_EL1, write: 0x20002 }',
      '  - { at: 5ms, poke: 0, register: MPAM1_EL1, value: 0x8000000000000001 }',
      '  - { at: 6ms, cpu_pm: 1, state: powerdown }',
      '  - { at: 7ms, mpam: off }',
    ].join('\n');
    const checked = parseScenario(text, 'words.yaml');
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const scenario = checked.value;
    expect(scenario.timeline.map((timed) => timelineCells(timed, scenario).join(' | '))).toEqual([
      '1ms | move | vm: web, vcpu: 0, to: gold',
      '2ms | move | tenant: red, to: default',
      '3ms | cpu_default | 1, group: gold',
      '4ms | guest_access | vm: web, vcpu: 0, register: MPAM0_EL1, write: 0x0000000000020002',
      '5ms | poke | 0, register: MPAM1_EL1, value: 0x8000000000000001',
      '6ms | cpu_pm | 1, state: powerdown',
      '7ms | mpam | off',
    ]);
  });
});

describe('JSON rows', () => {
  it('are one valid document, empty or not', () => {
    const cell = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        const parsed = JSON.parse([...jsonLines(['a', 'b'], rows)].join('\n'));
        expect(parsed).toEqual(rows.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});

describe('CSV', () => {
  it('gives every text back to a reader of RFC 4180', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('a,b', 'say "x"', 'two\nlines', ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const [, ...read] = readCsv(`${[...csvLines(['a', 'b'], rows)].join('\n')}\n`);
        expect(read).toEqual(rows);
      }),
    );
  });
});

/** A reader written from RFC 4180: quoted fields double their quotes; records end with a line feed. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else {
      while (text[at] !== ',' && text[at] !== '\n') field += text[at++];
    }
    record.push(field);
    if (text[at++] === '\n') {
      records.push(record);
      record = [];
    }
  }
  return records;
}
