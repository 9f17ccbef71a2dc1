/** The parts of the machine's block that hold the processing elements. */
import { REGISTER_COUNT } from '../arch/registers.ts';
import type { BlockLayout, Region } from '../loop/block.ts';
import { LABELS_PER_PE, RECORD_WORDS } from './record.ts';

/** Where the processing elements lie in the block. */
export interface PeRegions {
  readonly peCount: number;
  readonly records: Region;
  readonly labels: Region;
  readonly contextEl: Region;
  readonly contextWorld: Region;
  readonly unchangedWrites: Region;
}

/** Reserve the state of `peCount` PEs. */
export function reserveProcessingElements(layout: BlockLayout, peCount: number): PeRegions {
  return {
    peCount,
    records: layout.reserve('pe-records', peCount * RECORD_WORDS * 4),
    labels: layout.reserve('pe-labels', peCount * LABELS_PER_PE * 4),
    contextEl: layout.reserve('pe-exception-level', peCount),
    contextWorld: layout.reserve('pe-world', peCount),
    unchangedWrites: layout.reserve('pe-unchanged-writes', peCount * REGISTER_COUNT * 8),
  };
}
