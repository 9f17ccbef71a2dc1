/** Arbitrary channels, limits and traffic for the property tests: every option, odd figures, ties in time, sudden changes. */
import fc from 'fast-check';
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import { ACCOUNTING_WINDOWS, type BandwidthConfig, type ChannelConfig } from '../../../src/memory/bandwidth-config.ts';
import type { BandwidthLimits } from '../../../src/memory/settings/bandwidth-slots.ts';

/** What a channel has, and its partitions: by index; 0 is that of disabled PARTIDs. */
interface ChannelPlan {
  /** BWPBM_WD; 0: none. */
  readonly portions: number;
  readonly hasIntpri: boolean;
  readonly hasDspri: boolean;
  readonly partitions: readonly PartitionPlan[];
  /** Partition of each owner, from FIRST_OWNER on. */
  readonly ownerPartitions: readonly number[];
}

interface PartitionPlan {
  readonly limits: BandwidthLimits;
  readonly portions: readonly boolean[];
}

interface OfferStep {
  readonly does: 'offer';
  readonly gapPs: number;
  readonly cache: number;
  readonly owner: number;
  readonly kind: 'read' | 'write';
  readonly line: number;
}

export type TrafficStep =
  | OfferStep
  | {
      readonly does: 'set limits';
      readonly gapPs: number;
      readonly channel: number;
      readonly partition: number;
      readonly limits: BandwidthLimits;
    }
  | {
      readonly does: 'set portions';
      readonly gapPs: number;
      readonly channel: number;
      readonly partition: number;
      readonly portions: readonly boolean[];
    }
  | {
      readonly does: 'move owner';
      readonly gapPs: number;
      readonly channel: number;
      readonly owner: number;
      readonly partition: number;
    };

export interface Trial {
  readonly config: BandwidthConfig;
  readonly plans: readonly ChannelPlan[];
  readonly steps: readonly TrafficStep[];
}

export const OWNERS = 6;
const PS = 65536;

/** A line takes some 2 ns (64 bytes at 32 GB/s), not a whole number of ps, or next to nothing. */
const lineTime = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1000 * PS, max: 3000 * PS }) },
  { weight: 2, arbitrary: fc.constantFrom(1000 * PS, 2000 * PS) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5 * PS }) },
);

const sometimes = (arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary });

function arbitraryChannel(name: string): fc.Arbitrary<ChannelConfig> {
  return fc.record({
    name: fc.constant(name),
    lineTime,
    turnaroundPs: sometimes(fc.constantFrom(1, 500, 2000, 7001)),
    window: fc.constantFrom(...ACCOUNTING_WINDOWS),
    starvationPs: sometimes(fc.integer({ min: 1, max: 60_000 })),
    portionPs: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.constantFrom(1000, 2000, 10_000)),
    offsetLimit: fc.constantFrom(0, 1, 2, 8, 1000),
  });
}

function arbitraryLimits(hasIntpri: boolean, hasDspri: boolean): fc.Arbitrary<BandwidthLimits> {
  const priority = fc.integer({ min: 0, max: 3 });
  const ifThere = (there: boolean) => (there ? priority : fc.constant(undefined));
  return fc.record({
    minimum: sometimes(fc.integer({ min: 1, max: 65535 })),
    maximum: fc.oneof(fc.constant(65536), fc.integer({ min: 1, max: 65535 }), fc.integer({ min: 1, max: 8000 })),
    isHard: fc.boolean(),
    stride: sometimes(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constant(65536))),
    priority: ifThere(hasIntpri),
    downstreamPriority: ifThere(hasDspri),
    windowPs: fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 1000, max: 100_000 }) },
      { weight: 2, arbitrary: fc.constantFrom(10_000, 20_000, 40_000) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }) },
    ),
  });
}

const arbitraryPortions = (count: number): fc.Arbitrary<readonly boolean[]> =>
  fc.array(fc.boolean(), { minLength: count, maxLength: count });

function arbitraryPlan(): fc.Arbitrary<ChannelPlan> {
  const features = fc.record({
    portions: sometimes(fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(32, 33, 70))),
    hasIntpri: fc.boolean(),
    hasDspri: fc.boolean(),
    count: fc.integer({ min: 1, max: 5 }),
  });
  return features.chain(({ portions, hasIntpri, hasDspri, count }) => {
    const partition = fc.record({
      limits: arbitraryLimits(hasIntpri, hasDspri),
      portions: fc.oneof(fc.constant(Array<boolean>(portions).fill(true)), arbitraryPortions(portions)),
    });
    return fc.record({
      portions: fc.constant(portions),
      hasIntpri: fc.constant(hasIntpri),
      hasDspri: fc.constant(hasDspri),
      partitions: fc.array(partition, { minLength: count, maxLength: count }),
      ownerPartitions: fc.array(fc.nat(count - 1), { minLength: OWNERS, maxLength: OWNERS }),
    });
  });
}

/** One or two outermost caches, each with or without bandwidth control, and one or two memories of one to three channels. */
function arbitraryConfig(): fc.Arbitrary<BandwidthConfig> {
  const shape = fc.record({
    caches: fc.array(fc.boolean(), { minLength: 1, maxLength: 2 }),
    perMemory: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
    interleaveLines: fc.constantFrom(1, 2, 4),
  });
  return shape.chain(({ caches, perMemory, interleaveLines }) => {
    const sides = caches.filter((controls) => controls).length;
    const channels = sides + perMemory.reduce((sum, count) => sum + count, 0);
    let next = sides;
    const memories = perMemory.map((count, memory) => ({
      name: `mem-${memory}`,
      channels: Array.from({ length: count }, () => next++),
      interleaveLines,
    }));
    let side = 0;
    return fc.record({
      mode: fc.constant('exact' as const),
      closedFormIntervalPs: fc.constant(1_000_000),
      writeBufferLines: fc.constant(8),
      channels: fc.tuple(...Array.from({ length: channels }, (_, index) => arbitraryChannel(`channel-${index}`))),
      memories: fc.constant(memories),
      memoryOfCache: fc.constant(caches.map((_, cache) => cache % memories.length)),
      channelOfCache: fc.constant(caches.map((controls) => (controls ? side++ : undefined))),
    });
  });
}

/** Ties, a stream, requests far apart. */
const gapPs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 2500 }) },
  { weight: 2, arbitrary: fc.constantFrom(1000, 2000, 5000, 10_000) },
  { weight: 1, arbitrary: fc.integer({ min: 2500, max: 80_000 }) },
);

function arbitraryOffers(config: BandwidthConfig): fc.Arbitrary<OfferStep[]> {
  const offer = fc.record({
    does: fc.constant('offer' as const),
    gapPs,
    cache: fc.nat(config.memoryOfCache.length - 1),
    owner: fc.integer({ min: FIRST_OWNER, max: FIRST_OWNER + OWNERS - 1 }),
    kind: fc.constantFrom('read' as const, 'write' as const),
    line: fc.nat(11),
  });
  const burst = fc
    .record({ first: offer, repeats: fc.integer({ min: 2, max: 12 }) })
    .map(({ first, repeats }) => [first, ...Array<OfferStep>(repeats - 1).fill({ ...first, gapPs: 0 })]);
  return fc.oneof({ weight: 3, arbitrary: offer.map((one) => [one]) }, { weight: 1, arbitrary: burst });
}

function arbitraryChange(plans: readonly ChannelPlan[], changes: Changes): fc.Arbitrary<TrafficStep> {
  return fc.nat(plans.length - 1).chain((channel) => {
    const { partitions, portions, hasIntpri, hasDspri } = plans[channel]!;
    const place = {
      gapPs,
      channel: fc.constant(channel),
      partition: fc.nat(partitions.length - 1),
    };
    const move = fc.record({
      does: fc.constant('move owner' as const),
      ...place,
      owner: fc.integer({ min: FIRST_OWNER, max: FIRST_OWNER + OWNERS - 1 }),
    });
    if (changes === 'moves') return move;
    return fc.oneof(
      fc.record({ does: fc.constant('set limits' as const), ...place, limits: arbitraryLimits(hasIntpri, hasDspri) }),
      fc.record({ does: fc.constant('set portions' as const), ...place, portions: arbitraryPortions(portions) }),
      move,
    );
  });
}

/** Of settings, between requests: none, some of every kind, or many owners that go to other partitions. */
type Changes = 'none' | 'some' | 'moves';

const OFFERS_PER_CHANGE = { some: 8, moves: 3 } as const;

export interface TrialOptions {
  /** Most offers (bursts count as one) and changes of settings. */
  readonly steps: number;
  readonly changes: Changes;
}

export function arbitraryTrial({ steps, changes }: TrialOptions): fc.Arbitrary<Trial> {
  const machine = arbitraryConfig().chain((config) => {
    const plans = fc.tuple(...config.channels.map(() => arbitraryPlan()));
    return plans.map((all) => ({ config, plans: all }));
  });
  return machine.chain(({ config, plans }) => {
    const offers = arbitraryOffers(config);
    const change = arbitraryChange(plans, changes).map((one) => [one]);
    const step: fc.Arbitrary<TrafficStep[]> =
      changes === 'none'
        ? offers
        : fc.oneof({ weight: OFFERS_PER_CHANGE[changes], arbitrary: offers }, { weight: 1, arbitrary: change });
    return fc.record({
      config: fc.constant(config),
      plans: fc.constant(plans),
      steps: fc.array(step, { minLength: 1, maxLength: steps, size: 'max' }).map((all) => all.flat()),
    });
  });
}
