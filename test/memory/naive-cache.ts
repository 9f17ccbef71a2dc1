/**
 * The judge of one cache: sets of plain line objects, counters in maps, every count made the moment the thing happens.
 *
 * What passes between caches is in naive-hierarchy.ts.
 */
import type { CacheConfig } from '../../src/memory/hierarchy-config.ts';
import type { OwnerCounters } from '../../src/memory/owner-counters.ts';
import { type Holder, NaivePartitions } from './naive-partitions.ts';
import { type NaiveReplacement, naiveReplacement } from './naive-replacement.ts';

export interface NaiveLine {
  readonly line: number;
  owner: number;
  isDirty: boolean;
}

/** What was in a cache's way, and whose fill took it. */
export interface NaiveEviction {
  readonly victim: NaiveLine;
  readonly evictor: number;
}

/** Ids of histories that are no owners, as in the layout of the block. */
const NEVER = 0;
const REFUSED = 1;
export const MOVED = 2;

export type CounterName = Exclude<keyof OwnerCounters, 'occupancy'>;
export type Kind = 'read' | 'write' | 'fetch';

const ACCESSES = { read: 'reads', write: 'writes', fetch: 'fetches' } as const;
const MISSES = { read: 'readMisses', write: 'writeMisses', fetch: 'fetchMisses' } as const;

interface NaiveSet {
  readonly ways: (NaiveLine | undefined)[];
  readonly replacement: NaiveReplacement;
}

/** What the judge must be told, because it is random: the way that was taken for `line`. */
export type ChosenWay = (line: number) => number | undefined;

const key = (a: number, b: number): string => `${a},${b}`;

export class NaiveCache {
  readonly config: CacheConfig;
  readonly partitions: NaivePartitions | undefined;
  readonly #sets: NaiveSet[];
  readonly #labelOf: (owner: number) => number;
  readonly #counters = new Map<string, number>();
  readonly #flows = new Map<string, number>();
  readonly #causes = new Map<string, number>();
  readonly #history = new Map<number, number>();
  /** The line that a victim is being chosen for. */
  #incoming = 0;

  constructor(config: CacheConfig, labelOf: (owner: number) => number, chosenWay: ChosenWay) {
    this.config = config;
    this.#labelOf = labelOf;
    this.partitions = config.controls && new NaivePartitions(config.controls, config.sets, config.ways);
    const choose = (candidates: readonly number[]): number => {
      const way = chosenWay(this.#incoming);
      if (way === undefined || !candidates.includes(way)) {
        throw new Error(`${config.name}: way ${way} was taken for line ${this.#incoming}, candidates ${candidates}`);
      }
      return way;
    };
    this.#sets = Array.from({ length: config.sets }, () => ({
      ways: Array.from<undefined>({ length: config.ways }),
      replacement: naiveReplacement(config.policy, config.ways, choose),
    }));
  }

  find(line: number): NaiveLine | undefined {
    return this.#setOf(line).ways.find((held) => held?.line === line);
  }

  wayOf(line: number): number {
    return this.#setOf(line).ways.findIndex((held) => held?.line === line);
  }

  /** All lines held. */
  lines(): NaiveLine[] {
    return this.#sets.flatMap((set) => set.ways).filter((held) => held !== undefined);
  }

  counter(name: keyof OwnerCounters, owner: number): number {
    if (name === 'occupancy') return this.lines().filter((held) => held.owner === owner).length;
    return this.#counters.get(`${name},${owner}`) ?? 0;
  }

  flow(evictor: number, victim: number): number {
    return this.#flows.get(key(evictor, victim)) ?? 0;
  }

  missesBecauseOf(requester: number, history: number): number {
    return this.#causes.get(key(requester, history)) ?? 0;
  }

  count(name: CounterName, owner: number, by = 1): void {
    this.#counters.set(`${name},${owner}`, this.counter(name, owner) + by);
  }

  countAccess(kind: Kind, owner: number): void {
    this.count(ACCESSES[kind], owner);
  }

  /** A demand miss, and why it is one: what the line's history says. */
  countMiss(kind: Kind, owner: number, line: number): void {
    this.count(MISSES[kind], owner);
    const cause = key(owner, this.#history.get(line) ?? NEVER);
    this.#causes.set(cause, (this.#causes.get(cause) ?? 0) + 1);
  }

  refuse(line: number, owner: number): void {
    this.count('refused', owner);
    this.#history.set(line, REFUSED);
  }

  touch(line: number): void {
    this.#setOf(line).replacement.touched(this.wayOf(line));
  }

  give(held: NaiveLine, newOwner: number): void {
    this.count('transferred', held.owner, -1);
    this.count('transferred', newOwner);
    held.owner = newOwner;
  }

  /** A line leaves without another in its place. */
  invalidate(held: NaiveLine, history: number): void {
    this.#setOf(held.line).ways[this.wayOf(held.line)] = undefined;
    this.count('invalidated', held.owner);
    this.#history.set(held.line, history);
  }

  /** The way that a line of this owner may take, or undefined: none. */
  chooseWay(line: number, owner: number): number | undefined {
    const set = this.#setOf(line);
    const candidates = this.#candidates(line, owner);
    if (candidates.length === 0) return undefined;
    if (set.ways[candidates[0]!] === undefined) return candidates[0];
    this.#incoming = line;
    return set.replacement.victim(candidates);
  }

  /** Take the line out of a way for a fill of `evictor`. */
  evict(line: number, way: number, evictor: number): NaiveEviction | undefined {
    const set = this.#setOf(line);
    const victim = set.ways[way];
    if (victim === undefined) return undefined;
    set.ways[way] = undefined;
    this.count('evictionsBy', evictor);
    this.count('evicted', victim.owner);
    this.#flows.set(key(evictor, victim.owner), this.flow(evictor, victim.owner) + 1);
    this.#history.set(victim.line, evictor);
    return { victim, evictor };
  }

  fill(filled: NaiveLine, way: number, wayWasInvalid: boolean): void {
    const set = this.#setOf(filled.line);
    set.ways[way] = filled;
    set.replacement.filled(way);
    this.count('fills', filled.owner);
    if (wayWasInvalid) this.count('fillsIntoInvalid', filled.owner);
  }

  #setOf(line: number): NaiveSet {
    return this.#sets[line % this.config.sets]!;
  }

  /** Invalid ways come first: then the lowest of them is the only candidate. */
  #candidates(line: number, owner: number): number[] {
    const { ways } = this.#setOf(line);
    const partitions = this.partitions;
    if (partitions === undefined) {
      const invalid = ways.indexOf(undefined);
      return invalid >= 0 ? [invalid] : ways.map((_, way) => way);
    }
    const holder = (held: NaiveLine | undefined): Holder => held && this.#partitionOf(held.owner);
    const holdersOfAll = this.lines().map(holder);
    return partitions.candidates({
      requester: this.#partitionOf(owner),
      set: line % this.config.sets,
      holders: ways.map(holder),
      occupancy: (partition) => holdersOfAll.filter((other) => other === partition).length,
    });
  }

  #partitionOf(owner: number): string {
    return this.partitions!.partitionOf(this.#labelOf(owner));
  }
}
