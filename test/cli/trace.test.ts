/** `mpamlab trace` as a user meets it: real processes, the printed page, exit codes. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { studyHierarchy } from '../../src/cli/cache-specs.ts';
import { studyOptions, type TraceCommandOptions } from '../../src/cli/trace-input.ts';
import { parseHierarchy } from '../../src/scenario/study/load-hierarchy.ts';
import { temporaryFolder } from '../support/run-files.ts';
import { type Ended, mpamlab } from './mpamlab-process.ts';

const folder = temporaryFolder();
const WEB = join(folder, 'web.lackey');
const BATCH = join(folder, 'batch.trace');

beforeAll(() => {
  // Lines 0 and 1 as code, 2 and 3 as data; the third data access touches both and modifies them.
  const web = ['I  00,4', ' L 80,8', 'I  40,4', ' S c0,8', ' M bc,8', 'I  00,4', 'not a line'];
  writeFileSync(WEB, `==1== banner\n${web.join('\n')}\n`);
  // A scan of six lines, twice.
  const scan = Array.from({ length: 12 }, (_, at) => `s 0x${((at % 6) * 64).toString(16)} 2`);
  writeFileSync(BATCH, `${scan.join('\n')}\n`);
});

const trace = (...args: readonly string[]): Promise<Ended> => mpamlab('trace', ...args);

describe('mpamlab trace', () => {
  it('prints the whole study on one page', async () => {
    const { code, stdout, stderr } = await trace(
      ...[WEB, BATCH, '--llc', '1x4', '--cpbm', 'web=0-2', '--cpbm', 'batch=0x8', '--mrc'],
    );
    expect([code, stderr]).toEqual([0, '']);
    // web in its three ways: lines 0, 2, 1 miss; 3 misses and takes the way of 0; the modify reads 2 and 3 and writes them,
    // all hits; 0 misses and takes the way of 1. batch has one way for its scan.
    expect(stdout.replaceAll(folder, 'FOLDER')).toBe(`2 traces, interleaved round-robin, convention lines, 64-byte lines

Tenants
tenant  PARTID  CPBM  CMAX  format  reads  writes  fetches  modifies  instructions  trace
web          1  0x7   -     lackey      1       1        3         1             3  FOLDER/web.lackey
batch        2  0x8   -     ucsd        0      12        0         0            24  FOLDER/batch.trace

Caches
cache  size   sets  ways  policy  inclusion      shared by
LLC    256 B     1     4  lru     non-inclusive  all tenants

Accesses
cache  tenant  reads  writes  fetches  hits  read misses  write misses  fetch misses  miss ratio  write-backs  lines held
LLC    web         3       3        3     4            1             1             3      55.6 %            0           3
LLC    batch       0      12        0     0            0            12             0     100.0 %           11           1

Why lines missed
cache  tenant  cold  own eviction
LLC    web        4             1
LLC    batch      6             6

Evictions in the LLC: by the row’s tenant, of the column’s lines
       web  batch
web      2      0
batch    0     11

Memory
tenant  lines for reads  for writes  for fetches  write-backs
web                   1           1            3            0
batch                 0          12            0           11

Miss ratio of each tenant alone, all its accesses (before L1 and L2), fully associative LRU
lines  size       web    batch
    1  64 B   100.0 %  100.0 %
    2  128 B   66.7 %  100.0 %
    4  256 B   44.4 %  100.0 %
    8  512 B   44.4 %   50.0 %

Misses of each tenant alone, all its accesses (before L1 and L2), in the LLC’s sets, LRU
ways  web  batch
   1    9     12
   2    6     12
   3    5     12
   4    4     12

Import issues
tenant  issue           count  first in line  what
web     bad-trace-line      1              8  not a line
  bad-trace-line: Name the format if it was recognised wrongly; else the file is damaged, or a program wrote into it.
`);
  });

  it('gives the same as JSON', async () => {
    const { code, stdout } = await trace(`a=${BATCH}`, `b=${BATCH}`, '--llc', '512,8', '--partid', '5,5', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      convention: 'lines',
      interleaving: 'round-robin',
      tenants: [
        { name: 'a', file: BATCH, format: 'ucsd', partid: 5, recorded: { writes: 12 } },
        { name: 'b', partid: 5 },
      ],
      caches: [{ name: 'llc', sets: 1, ways: 8, tenants: [{ tenant: 'a', writeMisses: 12 }, { tenant: 'b' }] }],
    });
  });

  it('takes the caches from a file, and says where that is wrong', async () => {
    const good = join(folder, 'caches.yaml');
    writeFileSync(good, 'l1d: { sets: 2, ways: 1 }\nllc: { sets: 4, ways: 2, inclusion: inclusive }\n');
    const { stdout } = await trace(BATCH, '--hierarchy', good);
    expect(stdout).toMatch(/^L1D +128 B +2 +1 +lru +non-inclusive +one per tenant$/m);
    const bad = join(folder, 'bad.yaml');
    writeFileSync(bad, 'llc: { sets: 4, ways: two, policy: lur }\n');
    const { code, stdout: nothing, stderr } = await trace(BATCH, '--hierarchy', bad);
    expect([code, nothing]).toEqual([2, '']);
    expect(stderr).toBe(
      [
        `${bad}:1:23: llc.ways: "two"; expected an integer`,
        `${bad}:1:36: llc.policy: "lur"; expected one of lru, tree-plru, fifo, mru, random, srrip (did you mean lru?)`,
        `mpamlab: 2 problems in ${bad}`,
        '',
      ].join('\n'),
    );
  });

  it.each<[string, readonly string[], number, string]>([
    [
      'no caches',
      [BATCH],
      2,
      'mpamlab: there is no cache; give at least --llc, e.g. --llc 1M,16, or --hierarchy FILE\n',
    ],
    [
      'portions that are not there',
      [BATCH, '--llc', '4x4', '--cpbm', 'batch=0x10'],
      2,
      'mpamlab: cpbm of batch: portion 4 does not exist: this cache has portions 0 to 3 (CPBM_WD 4)\n',
    ],
    [
      'a missing trace',
      [join(folder, 'nowhere.gz'), '--llc', '4x4'],
      3,
      expect.stringMatching(/^mpamlab: .*nowhere\.gz: .*\n$/) as unknown as string,
    ],
    [
      'both ways to give caches',
      [BATCH, '--llc', '4x4', '--hierarchy', 'x'],
      2,
      expect.stringContaining('cannot be used with') as unknown as string,
    ],
    [
      'a rate above 1',
      [BATCH, '--llc', '4x4', '--sample-rate', '2'],
      2,
      expect.stringContaining('must be a number from 2^-24 to 1.') as unknown as string,
    ],
  ])('answers %s with what to do', async (_, args, exitCode, message) => {
    const { code, stdout, stderr } = await trace(...args);
    expect([code, stdout, stderr]).toEqual([exitCode, '', message]);
  });

  it('shows a hierarchy file in its help that is one', async () => {
    const { code, stdout } = await trace('--help');
    const [, example = ''] = /\nA hierarchy file .*\n((?: {2}.*\n)+)/.exec(stdout) ?? [];
    expect([code, parseHierarchy(example.replaceAll(/^ {2}/gm, ''), 'help')]).toMatchObject([
      0,
      { ok: true, value: { lineBytes: 64, llc: { sets: 12_288, portions: 6 }, memoryLines: 2 ** 26 } },
    ]);
  });

  it('ends with what was wrong where nothing in a trace can be used', async () => {
    const garbage = join(folder, 'garbage.champsim');
    writeFileSync(garbage, Buffer.alloc(3 * 64, 0x5a));
    const { code, stdout, stderr } = await trace(garbage, '--format', 'champsim', '--llc', '4x4');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toBe(
      `mpamlab: ${garbage}: no access in it can be used as champsim; 3 lines or records dropped, first bad-trace-record at 1: ` +
        'is_branch 90, branch_taken 90; each is 0 or 1\nCheck the format (--format).\n',
    );
  });

  it('never treats a folder as a trace', async () => {
    const path = join(folder, 'traces');
    mkdirSync(path);
    const { code, stderr } = await trace(path, '--llc', '4x4');
    expect([code, stderr.split('\n').length]).toEqual([3, 2]);
  });
});

const DEFAULTS: TraceCommandOptions = {
  ...{ format: 'auto', llc: '4x4', cpbm: [], cmax: [], interleave: 'round-robin', convention: 'lines', seed: 1 },
};

const tenants = (traces: readonly string[], options: Partial<TraceCommandOptions> = {}) =>
  studyOptions(traces, { ...DEFAULTS, ...options }).tenants;

describe('tenants on the command line', () => {
  it('are named after their files, or as it is said', () => {
    const traces = [
      'runs/my prog.lackey.gz',
      'x=a=b.gz',
      './a=b.trace.xz',
      'mcf.gz',
      'other/mcf.zst',
      '.hidden',
      '...',
    ];
    expect(tenants(traces).map(({ name, path, partid }) => [name, path, partid])).toEqual([
      ['my-prog', 'runs/my prog.lackey.gz', 1],
      ['x', 'a=b.gz', 2],
      ['a-b', './a=b.trace.xz', 3],
      ['mcf', 'mcf.gz', 4],
      ['mcf-2', 'other/mcf.zst', 5],
      ['hidden', '.hidden', 6],
      ['trace', '...', 7],
    ]);
  });

  it('have the PARTIDs and settings that are given', () => {
    const options = { partid: '0,65535', cpbm: ['b=0x1_0000_0000'], cmax: ['b=12.5%,soft', 'a=0x3fff'] };
    expect(tenants(['a', 'b'], options)).toEqual([
      { name: 'a', path: 'a', partid: 0, settings: { cmax: { field: 0x3fff }, softlim: false } },
      {
        ...{ name: 'b', path: 'b', partid: 65_535 },
        settings: { cpbm: [0, 1], cmax: { percentMilli: 12_500 }, softlim: true },
      },
    ]);
  });

  it.each<[Partial<TraceCommandOptions>, string]>([
    [{ partid: '1' }, '--partid 1: expected 2 PARTIDs from 0 to 65535, one per trace, e.g. 1,2,5'],
    [{ partid: '1,65536' }, '--partid 1,65536: expected 2 PARTIDs'],
    [{ partid: '1,-2' }, '--partid 1,-2: expected 2 PARTIDs'],
    [{ cpbm: ['0xf'] }, '--cpbm 0xf is not of the form NAME=VALUE'],
    [{ cpbm: ['c=0xf'] }, '--cpbm c=0xf: there is no tenant c (did you mean a?)'],
    [{ cpbm: ['a=f'] }, '--cpbm a=f: f is neither a mask such as 0x0f nor a list of portions such as 0-3,8'],
    [{ cmax: ['a=50'] }, '--cmax a=50: expected a percentage or a 16-bit field, hard or soft, e.g. 25%'],
    [{ cmax: ['a=50%,mild'] }, '--cmax a=50%,mild: expected a percentage'],
  ])('%j is refused', (options, message) => {
    expect(() => tenants(['a', 'b'], options)).toThrow(message);
  });

  it('have different names', () => {
    expect(() => tenants(['a=x', 'a=y'])).toThrow('a=y: there is a tenant a already; choose another name');
  });
});

describe('caches on the command line', () => {
  it('are sizes as cachegrind writes them, or sets and ways', () => {
    const { lineBytes, l1i, l1d, l2, llc, memoryLines } = studyHierarchy({
      ...{ l1i: '32768,8,32', l1d: '32K,8', l2: '0.5M,8', llc: '1000x12,32' },
      ...{ policy: 'srrip', inclusion: 'exclusive', memory: '1GiB' },
    });
    expect([lineBytes, memoryLines]).toEqual([32, 2 ** 25]);
    const shown = [l1i, l1d, l2, llc].map((cache) => [cache?.sets, cache?.ways, cache?.policy, cache?.inclusion]);
    expect(shown).toEqual([
      [128, 8, 'srrip', 'non-inclusive'],
      [128, 8, 'srrip', 'non-inclusive'],
      [2048, 8, 'srrip', 'exclusive'],
      [1000, 12, 'srrip', 'exclusive'],
    ]);
  });

  it('take the memory with the units of a cache', () => {
    const lines = (memory: string) => studyHierarchy({ llc: '4x4', memory }).memoryLines;
    expect(['8K', '1.5m', '4G', '4GiB'].map(lines)).toEqual([2 ** 7, 1.5 * 2 ** 14, 2 ** 26, 2 ** 26]);
  });

  it.each([
    [{ llc: '1M' }, '--llc 1M: expected SIZE,WAYS or SETSxWAYS, and the bytes of a line: 256K,16,64 or 128x12,64'],
    [{ llc: '100K,3' }, '--llc 100K,3: size: 100KiB; expected a multiple of 192B (3 ways of 64B)'],
    [{ llc: '0x4' }, '--llc 0x4: sets: 0; expected an integer from 1 to 16777216'],
    [{ llc: '4x4,48' }, 'line size: 48B; expected a power of two'],
    [{ llc: '4x4,64', l1d: '4x4,32' }, '--l1d has lines of 32B, --llc of 64B; all caches have lines of one size'],
    [{ llc: '4x4', inclusion: 'inclusive' as const }, '--inclusion inclusive: inclusive; there is no cache inside it'],
    [{ llc: '4x4', memory: '4GB' }, '--memory 4GB: "4GB"; expected a size from 4KiB to 16TiB (did you mean GiB?)'],
  ])('%j is refused', (specs, message) => {
    expect(() => studyHierarchy(specs)).toThrow(message);
  });
});
