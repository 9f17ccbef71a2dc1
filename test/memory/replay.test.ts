/** Accesses in bulk are the same accesses; and one that straddles two lines counts as cachegrind counts it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { ACCESS_STRADDLES, KIND_FETCH, KIND_READ, KIND_WRITE } from '../../src/loop/assembly/layout.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import type { CacheConfig } from '../../src/memory/hierarchy-config.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { cacheConfig, controlFeatures, machineConfig } from './machine-configs.ts';
import { memorySystem, nonSecureOwner, putReady } from './memory-fixture.ts';

interface Access {
  readonly line: number;
  readonly kind: number;
  readonly straddles: boolean;
}

const LINES = 60;
/** 16,384 sets of 128 bytes. */
const LARGE = { sets: 16_384, ways: 16 };

const access: fc.Arbitrary<Access> = fc.record({
  line: fc.nat(LINES - 2),
  kind: fc.constantFrom(KIND_READ, KIND_WRITE, KIND_FETCH),
  straddles: fc.boolean(),
});
const accesses = fc.array(access, { minLength: 1, maxLength: 300, size: 'max' });
const size = fc.record({ sets: fc.integer({ min: 1, max: 6 }), ways: fc.integer({ min: 1, max: 4 }) });
const sizes = fc.record({ i1: size, d1: size, ll: size });
type Sizes = typeof sizes extends fc.Arbitrary<infer T> ? T : never;

function machine({ i1, d1, ll }: Sizes, given: Partial<CacheConfig>): MemorySystem {
  const caches = [
    cacheConfig({ name: 'I1', ...i1, outer: 2, ...given }),
    cacheConfig({ name: 'D1', ...d1, outer: 2, ...given }),
    cacheConfig({ name: 'LL', ...ll, ...given }),
  ];
  return memorySystem(machineConfig(caches, { ports: [{ fetch: 0, data: 1 }], physicalLines: LINES }));
}

/** Cachegrind's cache: sets of tags, newest first; a reference to two lines is one, and misses if either line does. */
class CachegrindCache {
  refs = [0, 0, 0];
  misses = [0, 0, 0];
  readonly #sets: number[][];
  readonly #ways: number;

  constructor({ sets, ways }: { readonly sets: number; readonly ways: number }) {
    this.#sets = Array.from({ length: sets }, () => []);
    this.#ways = ways;
  }

  isMiss({ line, kind, straddles }: Access): boolean {
    const missed = [line, ...(straddles ? [line + 1] : [])].filter((of) => this.#lineMisses(of)).length > 0;
    this.refs[kind]! += 1;
    if (missed) this.misses[kind]! += 1;
    return missed;
  }

  #lineMisses(line: number): boolean {
    const index = line % this.#sets.length;
    const set = this.#sets[index]!;
    this.#sets[index] = [line, ...set.filter((other) => other !== line)].slice(0, this.#ways);
    return !set.includes(line);
  }
}

describe('replayed accesses', () => {
  it('do and count the same as those made one by one, however they are cut into calls', () => {
    fc.assert(
      fc.property(sizes, accesses, fc.integer({ min: 1, max: 40 }), (given, made, perCall) => {
        const [one, bulk] = [machine(given, {}), machine(given, {})];
        const owners = [1, 2].map((partid) => [one, bulk].map((system) => nonSecureOwner(system, partid, partid)));
        const ownerOf = (n: number): number => owners[n % 2]![0]!;
        made.forEach(({ line, kind }, n) => void one.access(0, line, kind, ownerOf(n)));
        for (let first = 0; first < made.length; first += perCall) {
          const call = made.slice(first, first + perCall);
          call.forEach(
            ({ line, kind }, i) => void putReady(bulk, i, { port: 0, line, kind, owner: ownerOf(first + i) }),
          );
          bulk.replay(call.length);
        }
        expect(owners.map(([owner]) => countersOf(bulk, owner!))).toEqual(
          owners.map(([owner]) => countersOf(one, owner!)),
        );
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  // From 2 MB on the sets of the next accesses are looked at ahead.
  it.each([
    ['one large cache', [LARGE]],
    ['one large partitioned cache', [{ ...LARGE, controls: controlFeatures({ cpbmWd: LARGE.ways }) }]],
    ['a small one before a large one', [{ sets: 16, ways: 4, outer: 1 }, LARGE]],
  ])('do so in %s', (_, sizesOfCaches) => {
    const caches = sizesOfCaches.map((given, index) => cacheConfig({ name: `cache ${index}`, ...given }));
    const made = machineConfig(caches, { physicalLines: 40 * LARGE.sets });
    const [one, bulk] = [memorySystem(made), memorySystem(made)];
    const owners = [1, 2].map((partid) => [one, bulk].map((system) => nonSecureOwner(system, partid, partid))[0]!);
    for (const system of [one, bulk]) system.controls(0)?.write(settingAt(MscRegister.MPAMCFG_CPBM, 1, 1), 0x0f);
    const random = randomStream(5, 'large');
    const count = 16_000;
    for (let n = 0; n < count; n++) {
      // 50 sets only, of 40 lines each, so that they fill up and some accesses hit.
      const line = LARGE.sets * random.below(40) + random.below(50);
      const [kind, owner] = [random.below(3), owners[n % 2]!];
      one.access(0, line, kind, owner);
      putReady(bulk, n, { port: 0, line, kind, owner });
    }
    bulk.replay(count);
    const last = caches.length - 1;
    expect(one.counters(last, owners[0]!).evicted).toBeGreaterThan(0);
    for (const owner of owners) {
      expect(caches.map((_cache, index) => bulk.counters(index, owner))).toEqual(
        caches.map((_cache, index) => one.counters(index, owner)),
      );
    }
  });
});

describe('accesses that straddle two lines', () => {
  const bothWays = {
    'one by one': (system: MemorySystem, made: readonly Access[], owner: number): void => {
      for (const { line, kind, straddles } of made) {
        if (straddles) system.accessStraddling(0, line, line + 1, kind, owner);
        else system.access(0, line, kind, owner);
      }
    },
    replayed: (system: MemorySystem, made: readonly Access[], owner: number): void => {
      let ready = 0;
      for (const { line, kind, straddles } of made) {
        putReady(system, ready++, { port: 0, line, kind: straddles ? kind | ACCESS_STRADDLES : kind, owner });
        if (straddles) putReady(system, ready++, { port: 0, line: line + 1, kind, owner });
      }
      system.replay(ready);
    },
  };

  it.each(['one by one', 'replayed'] as const)('are one reference each and miss at most once a level: %s', (how) => {
    fc.assert(
      fc.property(sizes, accesses, (given, made) => {
        const system = machine(given, { writePolicy: 'ignored' });
        const owner = nonSecureOwner(system, 1, 0);
        const [i1, d1, ll] = [given.i1, given.d1, given.ll].map((of) => new CachegrindCache(of));
        for (const one of made) {
          const first = one.kind === KIND_FETCH ? i1! : d1!;
          if (first.isMiss(one)) ll!.isMiss(one);
        }
        bothWays[how](system, made, owner);
        [i1!, d1!, ll!].forEach((expected, cache) => {
          const c = system.counters(cache, owner);
          expect([c.reads, c.writes, c.fetches]).toEqual(expected.refs);
          expect([c.readMisses, c.writeMisses, c.fetchMisses]).toEqual(expected.misses);
        });
      }),
      { seed: 12, numRuns: 300 },
    );
  });
});

function countersOf(system: MemorySystem, owner: number): unknown {
  return [system.memoryCounters(owner), ...[0, 1, 2].map((cache) => system.counters(cache, owner))];
}
