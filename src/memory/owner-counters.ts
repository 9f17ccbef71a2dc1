/** The counters that the access loop keeps per owner, as named numbers (loop layout, OWNER_ and MEMORY_). */
import {
  MEMORY_FETCHES,
  MEMORY_READS,
  MEMORY_WRITE_BACKS,
  MEMORY_WRITES,
  OWNER_EVICTED,
  OWNER_FETCH_MISSES,
  OWNER_FETCHES,
  OWNER_FILLS,
  OWNER_FILLS_INTO_INVALID,
  OWNER_INVALIDATED,
  OWNER_OCCUPANCY,
  OWNER_READ_MISSES,
  OWNER_READS,
  OWNER_RECEIVED,
  OWNER_REFUSED,
  OWNER_TRANSFERRED,
  OWNER_WRITE_BACKS,
  OWNER_WRITE_MISSES,
  OWNER_WRITES,
} from '../loop/assembly/layout.ts';
import { counterAt, signedCounterAt } from '../loop/counters.ts';

/** One owner in one cache, since the start. Lines, or accesses by kind. */
export interface OwnerCounters {
  readonly reads: number;
  readonly writes: number;
  readonly fetches: number;
  readonly readMisses: number;
  readonly writeMisses: number;
  readonly fetchMisses: number;
  /** Lines allocated, and of these into invalid ways. */
  readonly fills: number;
  readonly fillsIntoInvalid: number;
  /** Lines that these fills evicted: fills - fillsIntoInvalid. */
  readonly evictionsBy: number;
  /** Lines of this owner that fills (anybody's) evicted. */
  readonly evicted: number;
  /** Lines of this owner that left without a fill in their place. */
  readonly invalidated: number;
  /** Dirty lines of this owner that were sent outward. */
  readonly writeBacks: number;
  /** Misses that no way could be taken for. */
  readonly refused: number;
  /** Lines that came from caches inside. */
  readonly received: number;
  /** Lines held now: fills - evicted - invalidated + transferred. */
  readonly occupancy: number;
  /** Lines that a store made this owner's, minus those that one made another's. */
  readonly transferred: number;
}

/** Lines that memory served and took, by who is billed. */
export interface MemoryCounters {
  readonly reads: number;
  readonly writes: number;
  readonly fetches: number;
  readonly writeBacks: number;
}

/** Read the record that begins at word `at`. */
export function ownerCountersAt(words: Uint32Array, at: number): OwnerCounters {
  const counter = (offset: number): number => counterAt(words, at + (offset >> 2));
  const fills = counter(OWNER_FILLS);
  const fillsIntoInvalid = counter(OWNER_FILLS_INTO_INVALID);
  return {
    reads: counter(OWNER_READS),
    writes: counter(OWNER_WRITES),
    fetches: counter(OWNER_FETCHES),
    readMisses: counter(OWNER_READ_MISSES),
    writeMisses: counter(OWNER_WRITE_MISSES),
    fetchMisses: counter(OWNER_FETCH_MISSES),
    fills,
    fillsIntoInvalid,
    evictionsBy: fills - fillsIntoInvalid,
    evicted: counter(OWNER_EVICTED),
    invalidated: counter(OWNER_INVALIDATED),
    writeBacks: counter(OWNER_WRITE_BACKS),
    refused: counter(OWNER_REFUSED),
    received: counter(OWNER_RECEIVED),
    occupancy: counter(OWNER_OCCUPANCY),
    transferred: signedCounterAt(words, at + (OWNER_TRANSFERRED >> 2)),
  };
}

export function memoryCountersAt(words: Uint32Array, at: number): MemoryCounters {
  const counter = (offset: number): number => counterAt(words, at + (offset >> 2));
  return {
    reads: counter(MEMORY_READS),
    writes: counter(MEMORY_WRITES),
    fetches: counter(MEMORY_FETCHES),
    writeBacks: counter(MEMORY_WRITE_BACKS),
  };
}

/** Lines that a cache further in asked the next one for: the record of a cache's owner begins at word `at`. */
export function linesFetchedAt(words: Uint32Array, at: number): number {
  const counter = (offset: number): number => counterAt(words, at + (offset >> 2));
  return counter(OWNER_READ_MISSES) + counter(OWNER_WRITE_MISSES) + counter(OWNER_FETCH_MISSES);
}

/** Lines that it sent to the next one. */
export function linesSentAt(words: Uint32Array, at: number): number {
  return counterAt(words, at + (OWNER_WRITE_BACKS >> 2));
}

export function occupancyAt(words: Uint32Array, at: number): number {
  return counterAt(words, at + (OWNER_OCCUPANCY >> 2));
}

export function sumOfMemoryCounters(all: readonly MemoryCounters[]): MemoryCounters {
  const sum = (name: keyof MemoryCounters): number => all.reduce((total, counters) => total + counters[name], 0);
  return { reads: sum('reads'), writes: sum('writes'), fetches: sum('fetches'), writeBacks: sum('writeBacks') };
}
