/** The machine that the caches of a study come to. */
import { describe, expect, it } from 'vitest';
import { studyLayout } from '../../../src/run/trace-study/study-layout.ts';
import { studyOptions, tenant } from './study-fixture.ts';

const TWO = [tenant('a', '', 1), tenant('b', '', 2)];

describe('the machine of a study', () => {
  const small = { sets: 4, ways: 2 };

  it('has private caches of every tenant inside one shared LLC', () => {
    const { config, caches, llc } = studyLayout(
      studyOptions(TWO, { l1i: small, l1d: small, l2: small, llc: { sets: 8, ways: 4 } }),
    );
    expect(config.caches.map(({ name, level, outer }) => [name, level, outer])).toEqual([
      ['l1i-0', 'L1I', 4],
      ['l1i-1', 'L1I', 5],
      ['l1d-0', 'L1D', 4],
      ['l1d-1', 'L1D', 5],
      ['l2-0', 'L2', 6],
      ['l2-1', 'L2', 6],
      ['llc', 'LLC', undefined],
    ]);
    expect(caches.map(({ tenant: owner }) => owner)).toEqual([0, 1, 0, 1, 0, 1, undefined]);
    expect(config.ports).toEqual([
      { fetch: 0, data: 2 },
      { fetch: 1, data: 3 },
    ]);
    expect(llc).toBe(6);
  });

  it.each([
    ['one unified cache', { llc: small }, [{ fetch: 0, data: 0 }], [undefined]],
    ['no L1 for fetches', { l1d: small, llc: small }, [{ fetch: 1, data: 0 }], [1, undefined]],
    ['an L2 without L1s', { l2: small, llc: small }, [{ fetch: 0, data: 0 }], [1, undefined]],
    ['no LLC', { l1i: small, l1d: small }, [{ fetch: 0, data: 1 }], [undefined, undefined]],
  ])('may have %s', (_, plain, ports, outers) => {
    const { config } = studyLayout(studyOptions([tenant('a', '', 1)], plain));
    expect(config.ports).toEqual(ports);
    expect(config.caches.map(({ outer }) => outer)).toEqual(outers);
  });

  it('must have a cache for every access', () => {
    expect(() => studyLayout(studyOptions(TWO, { l1i: small }))).toThrow(
      'data accesses have no cache; give l1d, l2 or llc',
    );
    expect(() => studyLayout(studyOptions(TWO, { l1d: small }))).toThrow(
      'instruction fetches have no cache; give l1i, l2 or llc',
    );
  });

  it('knows no dirty lines under the convention cachegrind', () => {
    const { config } = studyLayout(studyOptions(TWO, { l1d: small, llc: small }, { convention: 'cachegrind' }));
    expect(new Set(config.caches.map(({ writePolicy }) => writePolicy))).toEqual(new Set(['ignored']));
  });

  it('knows no writers under the convention cachegrind, and says so', () => {
    const options = studyOptions(TWO, { llc: { ...small, write_hit_owner: 'writer' } }, { convention: 'cachegrind' });
    expect(() => studyLayout(options)).toThrow(
      'llc.write_hit_owner: writer; expected allocator with the convention cachegrind',
    );
  });
});
