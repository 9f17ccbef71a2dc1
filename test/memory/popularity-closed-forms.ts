/** Known results T11 and T11d as measurements, for the test and its longer version. */
import { randomStream } from '../../src/loop/random-stream.ts';
import type { ReplacementPolicy } from '../../src/memory/hierarchy-config.ts';
import { characteristicTime, lruResidence } from './characteristic-time.ts';
import { cacheConfig, machineConfig } from './machine-configs.ts';
import { hitRatio, memorySystem, nonSecureOwner, replayReads } from './memory-fixture.ts';
import { sampler, zipf } from './zipf.ts';

/** A fully associative cache. */
const machine = (policy: ReplacementPolicy, capacity: number, lines: number) =>
  machineConfig([cacheConfig({ sets: 1, ways: capacity, policy, missClasses: false })], { physicalLines: lines });

/** Hit ratio of `references` independent references with probabilities p. */
export function simulatedHitRatio(
  p: readonly number[],
  policy: ReplacementPolicy,
  capacity: number,
  references: number,
): number {
  const system = memorySystem(machine(policy, capacity, p.length));
  const owner = nonSecureOwner(system, 1, 0);
  const draw = sampler(p, randomStream(7, 'references', policy, capacity));
  replayReads(system, references, () => ({ owner, line: draw() }));
  return hitRatio(system, owner);
}

interface Tenant {
  /** Its part of all references. */
  readonly share: number;
  readonly p: readonly number[];
}

/** T11d: 70 % Zipf(0.9) over 5,000 lines, 30 % Zipf(0.6) over 20,000, sharing 2,000 lines of LRU. */
const TWO_TENANTS: readonly Tenant[] = [
  { share: 0.7, p: zipf(5000, 0.9) },
  { share: 0.3, p: zipf(20_000, 0.6) },
];
const SHARED_LINES = 2000;

export interface SharedCache {
  readonly occupancy: readonly number[];
  readonly hitRatio: readonly number[];
}

/** One characteristic time for both tenants. */
export function predictedSharing(): SharedCache {
  const rates = TWO_TENANTS.map(({ share, p }) => p.map((probability) => share * probability));
  const time = characteristicTime(rates.flat(), SHARED_LINES, lruResidence);
  const residences = rates.map((of) => of.map((rate) => lruResidence(rate * time)));
  return {
    occupancy: residences.map((of) => of.reduce((sum, residence) => sum + residence, 0)),
    hitRatio: residences.map((of, k) => of.reduce((sum, residence, i) => sum + residence * TWO_TENANTS[k]!.p[i]!, 0)),
  };
}

const SAMPLE_EVERY = 500;

/** The same by simulation, after a fifth of the references that fill the cache: occupancy is the mean over samples. */
export function simulatedSharing(references: number): SharedCache {
  const lines = TWO_TENANTS.map(({ p }) => p.length);
  const system = memorySystem(machine('lru', SHARED_LINES, lines[0]! + lines[1]!));
  const owners = [nonSecureOwner(system, 1, 0), nonSecureOwner(system, 2, 1)];
  const draws = TWO_TENANTS.map(({ p }, k) => sampler(p, randomStream(11, 'tenant', k)));
  const turns = randomStream(11, 'turns');
  const next = () => {
    const k = turns.below(10) < 7 ? 0 : 1;
    return { owner: owners[k]!, line: k * lines[0]! + draws[k]!() };
  };
  replayReads(system, references / 5, next);
  const before = owners.map((owner) => system.counters(0, owner));
  const samples = Math.floor((references * 0.8) / SAMPLE_EVERY);
  const occupancySum = [0, 0];
  for (let i = 0; i < samples; i++) {
    replayReads(system, SAMPLE_EVERY, next);
    owners.forEach((owner, k) => {
      occupancySum[k]! += system.occupancy(0, owner);
    });
  }
  return {
    occupancy: occupancySum.map((sum) => sum / samples),
    hitRatio: owners.map((owner, k) => {
      const { reads, readMisses } = system.counters(0, owner);
      return 1 - (readMisses - before[k]!.readMisses) / (reads - before[k]!.reads);
    }),
  };
}
