/** Caches of a study from YAML to numbers, and what is wrong with its place. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../../src/scenario/scenario-problem.ts';
import { parseHierarchy } from '../../../src/scenario/study/load-hierarchy.ts';
import { hierarchyOf } from '../../run/trace-study/study-fixture.ts';

function problems(text: string): string[] {
  const checked = parseHierarchy(text, 'c.yaml');
  return checked.ok ? [] : checked.problems.map(formatProblem);
}

describe('a hierarchy file', () => {
  it('needs little', () => {
    expect(hierarchyOf({ llc: { size: '1MiB', ways: 16 } })).toEqual({
      lineBytes: 64,
      l1i: undefined,
      l1d: undefined,
      l2: undefined,
      llc: {
        ...{ sets: 1024, ways: 16, policy: 'lru', writePolicy: 'write-back', inclusion: 'non-inclusive' },
        ...{ portions: 16, portionKind: 'ways', cmaxWidth: 16 },
        ...{ writeHitOwner: 'allocator', victimPreference: 'ladder' },
      },
      memoryLines: 2 ** 24,
    });
  });

  it('may say everything', () => {
    const text = [
      'line: 128B',
      'l1i: { sets: 3, ways: 2, policy: tree-plru }',
      'l2: { size: 6KiB, ways: 4, inclusion: exclusive, write_policy: write-through }',
      'llc: { sets: 96, ways: 12, portions: 24, portion_kind: sets, cmax_width: 7, write_hit_owner: writer }',
      'memory: 64MiB',
    ].join('\n');
    const checked = parseHierarchy(text, 'c.yaml');
    expect(checked).toMatchObject({
      ok: true,
      value: {
        lineBytes: 128,
        l1i: { sets: 3, ways: 2, policy: 'tree-plru' },
        l2: { sets: 12, ways: 4, inclusion: 'exclusive', writePolicy: 'write-through' },
        llc: { sets: 96, ways: 12, portions: 24, portionKind: 'sets', cmaxWidth: 7, writeHitOwner: 'writer' },
        memoryLines: 2 ** 19,
      },
    });
  });

  it.each([
    ['nothing at all', '', 'c.yaml:1:1: there is no cache (give at least llc, e.g. llc: { size: 1MiB, ways: 16 })'],
    ['a misspelt cache', 'l3: {}', 'c.yaml:1:1: l3: unknown key (did you mean l2?)'],
    ['no ways', 'llc: { size: 1MiB }', 'c.yaml:1:6: llc.ways: missing; expected an integer'],
    ['neither size nor sets', 'llc: { ways: 4 }', 'c.yaml:1:6: llc: has neither size nor sets'],
    [
      'size and sets',
      'llc: { ways: 4, sets: 2, size: 1KiB }',
      'c.yaml:1:23: llc.sets: there is a size, too: give one of them',
    ],
    [
      'a size that does not come out',
      'llc: { size: 100KiB, ways: 3 }',
      'c.yaml:1:14: llc.size: 100KiB; expected a multiple of 192B (3 ways of 64B), at most 16777216 times',
    ],
    [
      'more sets than there may be',
      'llc: { size: 1TiB, ways: 1 }',
      'c.yaml:1:14: llc.size: 1TiB; expected a multiple of 64B (1 ways of 64B), at most 16777216 times',
    ],
    ['lines of an odd size', 'line: 48B\nllc: { sets: 4, ways: 4 }', 'c.yaml:1:7: line: 48B; expected a power of two'],
    [
      'an inclusive cache with nothing inside',
      'llc: { sets: 4, ways: 4, inclusion: inclusive }',
      'c.yaml:1:37: llc.inclusion: inclusive; there is no cache inside it (leave it out)',
    ],
    [
      'an inclusive cache that does not allocate on store misses',
      'l1d: { sets: 4, ways: 4 }\nllc: { sets: 4, ways: 4, inclusion: inclusive, write_policy: write-through }',
      'c.yaml:2:62: llc.write_policy: write-through; expected write-back, write-through-allocate or ignored in an inclusive' +
        ' cache (a store that misses would bring the line into the caches inside, and not into this one)',
    ],
    [
      'a writer in a cache whose lines no store is performed on',
      'llc: { sets: 4, ways: 4, write_policy: write-through-allocate, write_hit_owner: writer }',
      'c.yaml:1:81: llc.write_hit_owner: writer; expected allocator in a cache that is write-through-allocate' +
        ' (stores are performed on the lines of write-back caches only)',
    ],
    [
      'portions that are no ways',
      'llc: { sets: 4, ways: 16, portions: 8 }',
      'c.yaml:1:37: llc.portions: 8; expected 16, one per way (or choose portion_kind: way-groups)',
    ],
    [
      'portions of unequal size',
      'llc: { sets: 10, ways: 16, portions: 4, portion_kind: sets }',
      'c.yaml:1:38: llc.portions: 4; expected a number that divides the 10 sets',
    ],
    [
      'more lines of memory than there are numbers',
      'line: 4B\nllc: { sets: 4, ways: 16 }\nmemory: 16GiB',
      'c.yaml:3:9: memory: 4294967296 lines; expected at most 4294967295 (use longer lines)',
    ],
    ['text that is no YAML', 'llc: {', expect.stringMatching(/^c\.yaml:1:7: /)],
  ])('is told about %s', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it('with any content is a hierarchy or a list of problems', () => {
    const value = fc.oneof(
      fc.constantFrom('1KiB', '64B', '16TiB', 'lru', 'ways', 'inclusive', '-1'),
      fc.integer({ min: -2, max: 70_000 }),
      fc.double(),
      fc.constant(null),
    );
    const keys = ['size', 'sets', 'ways', 'policy', 'inclusion', 'portions', 'portion_kind', 'cmax_width', 'x'];
    const cache = fc.oneof(value, fc.dictionary(fc.constantFrom(...keys), value));
    const document = fc.dictionary(fc.constantFrom('line', 'l1i', 'l1d', 'l2', 'llc', 'memory', 'y'), cache);
    fc.assert(
      fc.property(document, (plain) => {
        const checked = parseHierarchy(JSON.stringify(plain), 'c.yaml');
        if (checked.ok) expect(checked.value.lineBytes).toBeGreaterThan(0);
        else expect(checked.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});
