/** Arbitrary machines for the property tests: one to three levels of small caches, every option, odd sizes. */
import fc from 'fast-check';
import {
  type CacheConfig,
  type HierarchyConfig,
  INCLUSIONS,
  type Inclusion,
  REPLACEMENT_POLICIES,
  WRITE_POLICIES,
} from '../../src/memory/hierarchy-config.ts';
import { type CacheControlFeatures, PORTION_KINDS, type PortionKind } from '../../src/memory/msc-config.ts';

/** Where a cache stands: `outer` and the way of the ports are given by the shape. */
interface Place {
  readonly name: string;
  readonly level: string;
  readonly outer: number | undefined;
}

interface Shape {
  readonly places: readonly Place[];
  readonly ports: readonly { readonly fetch: number; readonly data: number }[];
}

const place = (name: string, outer: number | undefined): Place => ({ name, level: name.slice(0, 2), outer });

const SHAPES: readonly Shape[] = [
  { places: [place('L1', undefined)], ports: [{ fetch: 0, data: 0 }] },
  {
    places: [place('L1i', 2), place('L1d', 2), place('L2', undefined)],
    ports: [{ fetch: 0, data: 1 }],
  },
  {
    places: [place('L1-0', 2), place('L1-1', 2), place('L2', undefined)],
    ports: [
      { fetch: 0, data: 0 },
      { fetch: 1, data: 1 },
    ],
  },
  {
    places: [
      place('L1i', 3),
      place('L1d-0', 3),
      place('L1-1', 4),
      place('L2-0', 5),
      place('L2-1', 5),
      place('L3', undefined),
    ],
    ports: [
      { fetch: 0, data: 1 },
      { fetch: 2, data: 2 },
    ],
  },
];

/** Sizes in sets and ways. */
export type Sizes = fc.Arbitrary<{ readonly sets: number; readonly ways: number }>;

export const smallSizes: Sizes = fc.oneof(
  { weight: 6, arbitrary: fc.record({ sets: fc.integer({ min: 1, max: 4 }), ways: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ sets: fc.integer({ min: 1, max: 9 }), ways: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ sets: fc.integer({ min: 1, max: 2 }), ways: fc.integer({ min: 17, max: 40 }) }) },
);

/** Sets of so many ways that they keep stamps instead of ranks. */
export const wideSizes: Sizes = fc.record({
  sets: fc.integer({ min: 1, max: 2 }),
  ways: fc.integer({ min: 236, max: 262 }),
});

/** Only the first-level caches may choose at random where lines come in from inside: there the judge sees the choice. */
const policies = (outerCacheOfDirtyLines: boolean) =>
  fc.constantFrom(...REPLACEMENT_POLICIES.filter((policy) => policy !== 'random' || !outerCacheOfDirtyLines));

const mostly = (value: boolean) => fc.constantFrom(value, value, value, value, !value);

const divisors = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1).filter((i) => n % i === 0);

/** How many portions a cache can be cut into. */
function portionCounts(kind: PortionKind, sets: number, ways: number): fc.Arbitrary<number> {
  if (kind === 'ways') return fc.constantFrom(0, ways);
  return fc.constantFrom(0, ...divisors(kind === 'sets' ? sets : ways));
}

function arbitraryFeatures(sets: number, ways: number): fc.Arbitrary<CacheControlFeatures> {
  return fc.constantFrom(...PORTION_KINDS).chain((portionKind) =>
    fc
      .record({
        partidMax: fc.constantFrom(0, 2, 5, 40),
        pmgMax: fc.constantFrom(0, 1),
        cpbmWd: portionCounts(portionKind, sets, ways),
        cmaxWd: fc.constantFrom(0, 1, 4, 8, 16),
        hasCmax: fc.boolean(),
        hasSoftlim: fc.boolean(),
        hasCmin: fc.boolean(),
        cassocWd: fc.constantFrom(0, 0, 1, 3, 16),
        hasEndis: fc.boolean(),
        intpartidMax: fc.constantFrom(undefined, undefined, 0, 2),
        outOfRange: fc.constantFrom('default', 'modulo'),
        reset: fc.constantFrom('defaults', 'defaults', 'poison'),
        victimPreference: fc.constantFrom('invalid', 'ladder'),
      })
      .map((features) => ({
        ...features,
        portionKind,
        hasCmax: features.hasCmax && features.cmaxWd > 0,
        hasCmin: features.hasCmin && features.cmaxWd > 0,
        hasSoftlim: features.hasSoftlim && features.hasCmax && features.cmaxWd > 0,
        hasNfu: false,
      })),
  );
}

function arbitraryCache(at: Place, sizes: Sizes, inclusions: readonly Inclusion[], isOuter: boolean) {
  return sizes.chain(
    ({ sets, ways }): fc.Arbitrary<CacheConfig> =>
      fc
        .record({
          name: fc.constant(at.name),
          level: fc.constant(at.level),
          sets: fc.constant(sets),
          ways: fc.constant(ways),
          policy: policies(isOuter),
          writePolicy: fc.constantFrom(...WRITE_POLICIES),
          inclusion: fc.constantFrom(...inclusions),
          outer: fc.constant(at.outer),
          latencyPs: fc.constant(1000),
          writeHitOwner: fc.constantFrom('allocator', 'writer'),
          flows: mostly(true),
          missClasses: mostly(true),
          controls: fc.option(arbitraryFeatures(sets, ways), { nil: undefined }),
        })
        .map(buildable),
  );
}

/** The same cache, but for choices that none can have together. */
function buildable(cache: CacheConfig): CacheConfig {
  const isRefused = cache.inclusion === 'inclusive' && cache.writePolicy === 'write-through';
  const writePolicy = isRefused ? 'write-through-allocate' : cache.writePolicy;
  return { ...cache, writePolicy, writeHitOwner: writePolicy === 'write-back' ? cache.writeHitOwner : 'allocator' };
}

/** A hierarchy of any shape; its physical lines are for the caller to set. */
export function arbitraryHierarchy(sizes: Sizes): fc.Arbitrary<HierarchyConfig> {
  const machines = fc.constantFrom(...SHAPES).chain(({ places, ports }) => {
    const innerCaches = new Set(ports.flatMap((port) => [port.fetch, port.data]));
    const caches = places.map((at, index) => {
      const isOuter = !innerCaches.has(index);
      return arbitraryCache(at, sizes, isOuter ? INCLUSIONS : ['non-inclusive'], isOuter);
    });
    return fc.record({
      caches: fc.tuple(...caches),
      ports: fc.constant(ports),
      lineBytes: fc.constant(64),
      memoryLatencyPs: fc.constant(100_000),
      physicalLines: fc.constant(1),
      writeBackBilledTo: fc.constantFrom('owner', 'evictor'),
      ownerCapacity: fc.constantFrom(16, 64),
      seed: fc.nat(1000),
    });
  });
  return fc.oneof(
    { weight: 4, arbitrary: machines },
    { weight: 1, arbitrary: machines.map(withoutDirtyLines) },
    { weight: 1, arbitrary: machines.map(withoutControls) },
  );
}

/** The same machine without partitioning: what has a short way through the access loop. */
function withoutControls(config: HierarchyConfig): HierarchyConfig {
  return { ...config, caches: config.caches.map((cache) => ({ ...cache, controls: undefined })) };
}

/** The same machine in cachegrind's model: stores are loads everywhere. */
function withoutDirtyLines(config: HierarchyConfig): HierarchyConfig {
  return { ...config, caches: config.caches.map((cache) => buildable({ ...cache, writePolicy: 'ignored' })) };
}
