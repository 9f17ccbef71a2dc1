/** The parts of the machine's block that hold the processing elements. */
import { REGISTER_COUNT } from '../arch/registers.ts';
import type { BlockLayout, Region } from '../loop/block.ts';
import { ACCESS_ROWS_WORDS } from './access.ts';
import type { PeProfile } from './profile.ts';
import { initRecord, LABELS_PER_PE, RECORD_WORDS } from './record.ts';

/** Where the processing elements lie in the block. */
export interface PeRegions {
  readonly peCount: number;
  readonly records: Region;
  readonly labels: Region;
  readonly accessRows: Region;
  readonly unchangedWrites: Region;
}

/**
 * Reserve the state of `peCount` PEs, and access rows for as many kinds of PE as there can be. Rows that stay unused cost
 * no memory: nobody touches them.
 */
export function reserveProcessingElements(layout: BlockLayout, peCount: number): PeRegions {
  return {
    peCount,
    records: layout.reserve('pe-records', peCount * RECORD_WORDS * 4),
    labels: layout.reserve('pe-labels', peCount * LABELS_PER_PE * 4),
    unchangedWrites: layout.reserve('pe-unchanged-writes', peCount * REGISTER_COUNT * 8),
    accessRows: layout.reserve('pe-access-rows', peCount * ACCESS_ROWS_WORDS * 4),
  };
}

/** Fill in what stays as it is: the access rows of all distinct profiles, one after the other, and constants of records. */
export function initRecords(words: Int32Array, regions: PeRegions, profiles: readonly PeProfile[]): void {
  const distinct = [...new Set(profiles)];
  const rowsOf = (profile: PeProfile): number =>
    (regions.accessRows.byteOffset >> 2) + distinct.indexOf(profile) * ACCESS_ROWS_WORDS;
  for (const profile of distinct) words.set(profile.accessRows, rowsOf(profile));
  profiles.forEach((profile, pe) => {
    initRecord(words, (regions.records.byteOffset >> 2) + pe * RECORD_WORDS, pe, profile, rowsOf(profile));
  });
}
