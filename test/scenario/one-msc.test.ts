/** Caches that are resources of one MSC: what names mean then, and which resource a mistake is about. */
import { describe, expect, it } from 'vitest';
import { mscsNamed } from '../../src/scenario/named-mscs.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';
import { mscScenario } from './msc-scenario.ts';

/** An L3 of three caches behind one MSC: RIS 0 and 2 have 16 portions and CSU, RIS 1 has 12 and none. */
const BASE = `until: 5ms
machine: { pes: 6, topology: { l3: { size: 4MiB, pes: 2, one_msc: true, domains:
  [{ ways: 16, monitors: { csu: { num_mon: 2 } } }, { ways: 12 }] } } }
tenants: { a: { vms: { web: } } }
`;

function problems(text: string): string[] {
  const result = parseScenario(BASE + text, 's.yaml');
  return result.ok ? [] : result.problems.map((problem) => formatProblem(problem).replace(/^\S+ /, ''));
}

const partition = (text: string): string => `partitions: [{ ${text} }]\n`;
const monitor = (text: string): string => `monitors: [{ ${text} }]\n`;

describe('where a level is one MSC, a name means', () => {
  const { machines } = mscScenario('', BASE);

  it.each([
    ['L3', 6, [['l3', 'l3', 3, undefined]]],
    ['l3-1', 6, [['l3-1', 'l3', 3, 1]]],
    ['l3-1', 4, [['l3-1', 'l3', 2, 1]]],
    ['l3-2', 4, []],
    ['l3-15', undefined, [['l3-15', 'l3', 16, 15]]],
    ['l3-16', undefined, []],
  ])('%s with %s PEs: %o', (name, peCount, expected) => {
    const found = mscsNamed(name, machines, peCount);
    expect(found.map((msc) => [msc.name, msc.config?.name, msc.config?.resources.length, msc.ris])).toEqual(expected);
  });
});

describe('where a level is one MSC, settings and monitors are checked against', () => {
  it.each([
    ['every resource that is meant', partition('msc: L3, partid: 1, cpbm: 0x1000'), 'l3, RIS 1'],
    ['the cache that is named', partition('msc: l3-1, partid: 1, cpbm: 0x1000'), 'l3-1'],
    ['the RIS that is named', partition('msc: L3, ris: 1, partid: 1, cpbm: 0x1000'), 'l3'],
    ['nothing else', partition('msc: L3, ris: 2, partid: 1, cpbm: 0x1000'), undefined],
  ])('%s', (_title, text, where) => {
    const message = 'partitions.0.cpbm: portion 12 does not exist: this cache has portions 0 to 11 (CPBM_WD 12)';
    expect(problems(text)).toEqual(where === undefined ? [] : [`${message} (${where})`]);
  });

  it('those of its resources that have monitors', () => {
    expect(problems(monitor('msc: L3, csu: 1, partid: 1'))).toEqual([]);
    expect(problems(monitor('msc: l3-2, csu: 1, partid: 1'))).toEqual([]);
    expect(problems(monitor('msc: L3, csu: 2, partid: 1'))).toEqual([
      'monitors.0.csu: 2; instances are 0 to 1 (NUM_MON 2) (l3, RIS 0)',
    ]);
    expect(problems(monitor('msc: l3-1, csu: 0, partid: 1'))).toEqual(['monitors.0.csu: l3-1 has no CSU monitors']);
  });

  it('the RIS that a cache is', () => {
    expect(problems(partition('msc: l3-1, ris: 1, partid: 1, cpbm: 1'))).toEqual([]);
    expect(problems(partition('msc: l3-1, ris: 0, partid: 1, cpbm: 1'))).toEqual([
      'partitions.0.ris: 0; l3-1 is RIS 1 of l3',
    ]);
    expect(problems(partition('msc: L3, ris: 3, partid: 1, cpbm: 1'))).toEqual([
      'partitions.0.ris: 3; l3 has RIS 0 to 2',
    ]);
  });
});
