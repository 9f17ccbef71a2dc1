/**
 * The presets against the table of A 6.3, copied by hand with its marks: nothing = stated, `~` = inferred, `*` = assumed;
 * `?` marks what the table does not give, so that mpamlab had to assume it.
 */
import { describe, expect, it } from 'vitest';
import { findPreset, PRESET_NAMES, PRESETS, presetDraft, presetPeCount } from '../../src/machine/presets.ts';
import { type Figure, figuresIn } from '../../src/machine/provenance.ts';
import { topologyOf } from '../../src/machine/topology-of.ts';

const MIB = 2 ** 20;

/** `64*` as the table writes it. */
function written({ value, mark, isOurs }: Figure<unknown>): string {
  const sign = isOurs ? '?' : { stated: '', inferred: '~', assumed: '*' }[mark];
  return `${Array.isArray(value) ? value.join(' + ') : value}${sign}`;
}

/** Every figure of a preset as `path: value mark`. */
function figuresOf(name: string): Readonly<Record<string, string>> {
  const { name: _, like: __, ...rest } = findPreset(name);
  const texts = figuresIn(rest).map((figure) => [figure.path, written(figure)] as const);
  return Object.fromEntries(texts);
}

const COLUMNS = ['grace-like', 'kunpeng-like', 'vera-like', 'dsu-cluster', 'ris-llc', 'reference'];

/** One line for each figure of the table; columns A to F; `-` where a preset has no such figure. */
const TABLE = `
partids                                64*       256      47         64        64*       256*
pmgs                                   2~        2~       2          2         2*        4*
pesPerSharedCache                      72        32       88         8*        12*       16*
sharedCaches                           1         4        1?         1?        2         1?
topology.l3.controls.cpbmWd            12~       15       20*        8         -         32*
topology.l3.domains.0.controls.cpbmWd  -         -        -          -         16        -
topology.l3.domains.1.controls.cpbmWd  -         -        -          -         12        -
topology.l3.controls.hasCmax           false*    false*   true       false     false     true
topology.l3.controls.cmaxWd            0*        0*       8*         0         0         8*
topology.l3.controls.hasSoftlim        false*    false*   false?     false     false     true
topology.l3.controls.hasCmin           false*    false*   false?     false     false     true
topology.l3.controls.cassocWd          0*        0*       0?         0         0         4*
monitors.csu                           16*       8        16*        4*        1         16
monitors.csuHasCapture                 false?    false?   false?     false?    false     true
monitors.csuHasXcl                     false?    false?   false?     false?    false?    true
bandwidth.hasMin                       true      true     false?     false?    false     true
bandwidth.hasMax                       true      true     true       true*     false     true
bandwidth.maxLimit                     soft*     both     both       soft?     none      both?
bandwidth.bwaWd                        7~        6~       7*         8*        0         16*
bandwidth.bwpbmWd                      0?        0?       0?         0?        0         32
bandwidth.hasProp                      false?    false?   false?     false?    false     true
bandwidth.hasPri                       false?    false?   false?     false?    false     true
bandwidth.windwr                       -        -        -         -         -         true?
bandwidth.requestPartids               -         256      -          -         -         -
bandwidth.internalPartids              -         32       -          -         -         -
bandwidth.bytesPerSecond               500e9     93.9e9~  1200e9     100e9*    100e9*    25.6e9*
monitors.mbwu                          16?       8*       9          2*        0         4
monitors.mbwuBits                      44        44*      63*        31*       0         63
monitors.mbwuUnitBytes                 64        1?       1?         1?        1?        1?
monitors.mbwuHasRwbw                   false?    false?   false?     false?    false?    true
monitors.mbwuHasOverflow               false?    false?   false?     false?    false?    true
monitors.mbwuHasCapture                false?    false?   false?     false?    false?    true
`;

function cellsOf(line: string): readonly string[] {
  return line.split(/\s+/).map((cell) => cell.replace(/^[\d.]+e9/, (amount) => String(Number(amount))));
}

const ROWS = TABLE.trim().split('\n').map(cellsOf);

describe('the table of A 6.3', () => {
  it('has a preset for each column', () => {
    expect(PRESET_NAMES).toEqual(COLUMNS);
  });

  it.each(ROWS)('%s is %s, %s, %s, %s, %s, %s', (path, ...cells) => {
    const found = COLUMNS.map((name) => figuresOf(name)[path] ?? '-');
    expect(found).toEqual(cells);
  });

  /** Mebibytes of all shared caches together, and of a portion, as the table rounds it. */
  it.each([
    ['grace-like', 117, '', [9.75]],
    ['kunpeng-like', 4 * 32, '', [2.1]],
    ['vera-like', 160, '*', [8]],
    ['dsu-cluster', 16, '*', [2]],
    ['ris-llc', 32, '*', [1, 1.3]],
    ['reference', 16, '*', [0.5]],
  ])('%s has %s MB of shared cache%s in portions of %s MB', (name, total, mark, portions) => {
    const preset = findPreset(name);
    const size = preset.topology.l3?.size;
    if (size === undefined) throw new Error('no size');
    expect(size.value * preset.sharedCaches.value).toBe(total * MIB);
    expect(written(size)).toBe(`${size.value}${mark}`);
    const { topology } = topologyOf({ preset: name });
    const shared = topology.levels.find(({ key }) => key === 'l3')?.domains ?? [];
    const sizes = shared.map(({ sets, ways, controls }) => (sets * ways * 64) / (controls?.cpbmWd ?? 0) / MIB);
    expect(sizes.map((mebibytes) => Math.round(mebibytes * 100) / 100)).toEqual(
      portions.map((rounded) => expect.closeTo(rounded, 1)),
    );
  });

  it('has the cores of the machines', () => {
    expect(PRESETS.map(presetPeCount)).toEqual([72, 4 * 32, 88, 8, 24, 16]);
  });

  it('has the quirks that can be switched on', () => {
    expect(COLUMNS.map((name) => figuresOf(name).quirks)).toEqual([
      'T241-MPAM-1 + T241-MPAM-4 + T241-MPAM-6',
      'narrowing at memory only + MB not at L3',
      'memory nodes without CPUs',
      '',
      'no ESR',
      '',
    ]);
  });
});

describe('the table of A 6.2', () => {
  it.each([
    ['grace-like', 'topology.l1i.size', `${64 * 1024}`],
    ['grace-like', 'topology.l1d.size', `${64 * 1024}`],
    ['grace-like', 'topology.l2.size', `${1024 * 1024}`],
    ['kunpeng-like', 'topology.l1i.size', `${64 * 1024}`],
    ['kunpeng-like', 'topology.l1d.size', `${64 * 1024}`],
    ['kunpeng-like', 'topology.l2.size', `${512 * 1024}`],
    ['kunpeng-like', 'topology.l3.ways', '15'],
    ['vera-like', 'topology.l2.size', `${2 * 1024 * 1024}?`],
    ['dsu-cluster', 'topology.l1d.size', `${64 * 1024}?`],
  ])('of %s, %s is %s', (name, path, text) => {
    expect(figuresOf(name)[path]).toBe(text);
  });
});

describe('every preset', () => {
  it.each(COLUMNS)('%s can be built as it is', (name) => {
    expect(topologyOf({ preset: name }).problems).toEqual([]);
  });

  it.each(COLUMNS)('%s assumes latencies, clock, line and ways of its own, and says so', (name) => {
    const figures = figuresOf(name);
    const ours = ['frequencyMhz', 'lineBytes', 'memory.latency', 'l1d.ways', 'l1d.latencyCycles', 'l3.latencyCycles'];
    for (const path of ours) expect(figures[`topology.${path}`], path).toMatch(/^[\d.]+\?$/);
  });

  it.each(COLUMNS)('%s says nothing without a mark', (name) => {
    const { name: _, like: __, ...rest } = findPreset(name);
    const leaves = (node: unknown): unknown[] =>
      typeof node !== 'object' || node === null || 'mark' in node ? [node] : Object.values(node).flatMap(leaves);
    for (const leaf of leaves(rest)) {
      expect(leaf).toMatchObject({ mark: expect.stringMatching(/^(stated|inferred|assumed)$/) });
    }
  });

  it.each(COLUMNS)('%s gives its caches as many PARTIDs and PMGs as it states', (name) => {
    const preset = findPreset(name);
    expect(presetDraft(preset).l3).toMatchObject({
      pes: preset.pesPerSharedCache.value,
      controls: { partidMax: preset.partids.value - 1, pmgMax: preset.pmgs.value - 1 },
    });
  });
});

it('has 117 MB in 12 ways of 64-byte lines as 159,744 sets, no power of two', () => {
  const l3 = topologyOf({ preset: 'grace-like' }).topology.levels.at(-1);
  expect(l3).toMatchObject({ key: 'l3', pes: 72, domains: [{ sets: 159_744, ways: 12 }] });
});

it('gives the two resource instances of ris-llc 16 and 12 portions', () => {
  const domains = topologyOf({ preset: 'ris-llc' }).topology.levels.at(-1)?.domains ?? [];
  expect(domains.map(({ ways, controls }) => [ways, controls?.cpbmWd, controls?.portionKind])).toEqual([
    [16, 16, 'ways'],
    [12, 12, 'ways'],
  ]);
});
