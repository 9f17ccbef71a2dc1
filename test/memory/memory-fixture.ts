/** The caches under test: made from a configuration, fed in bulk, asked for sums over owners. */
import { packLabel } from '../../src/arch/label.ts';
import {
  ACCESS_BYTES,
  ACCESS_INSTRUCTIONS,
  ACCESS_KIND,
  ACCESS_LINE,
  ACCESS_OWNER_SHIFT,
  ACCESS_PORT,
  KIND_READ,
} from '../../src/loop/assembly/layout.ts';
import { BlockLayout } from '../../src/loop/block.ts';
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import { reserveMemory } from '../../src/memory/memory-regions.ts';
import { MemorySystem } from '../../src/memory/memory-system.ts';

const WORDS_PER_ACCESS = ACCESS_BYTES / 4;

export function memorySystem(config: HierarchyConfig): MemorySystem {
  const layout = new BlockLayout();
  const regions = reserveMemory(layout, config, { withReplay: true });
  return new MemorySystem(layout.build(), regions);
}

/** An owner in the Non-secure space. */
export function nonSecureOwner(system: MemorySystem, partid: number, tenant: number): number {
  return system.owner(packLabel(1, partid, 0), tenant);
}

export interface ReadyAccess {
  readonly port: number;
  readonly line: number;
  /** KIND_, and ACCESS_STRADDLES if the next ready access is the other line of this one. */
  readonly kind: number;
  readonly owner: number;
}

/** Put an access at place `at` of the replay buffer. */
export function putReady(system: MemorySystem, at: number, { port, line, kind, owner }: ReadyAccess): void {
  const word = at * WORDS_PER_ACCESS;
  system.replayWords[word + ACCESS_LINE / 4] = line;
  system.replayWords[word + ACCESS_KIND / 4] = kind | (owner << ACCESS_OWNER_SHIFT);
  system.replayWords[word + ACCESS_INSTRUCTIONS / 4] = 0;
  system.replayWords[word + ACCESS_PORT / 4] = port;
}

export interface Read {
  readonly owner: number;
  readonly line: number;
}

/** Make `count` reads at port 0, as many a call as the buffer holds. */
export function replayReads(system: MemorySystem, count: number, next: () => Read): void {
  for (let done = 0; done < count; ) {
    const ready = Math.min(count - done, system.replayCapacity);
    for (let i = 0; i < ready; i++) {
      const { owner, line } = next();
      putReady(system, i, { port: 0, line, kind: KIND_READ, owner });
    }
    system.replay(ready);
    done += ready;
  }
}

/** Read hits of an owner divided by its reads. */
export function hitRatio(system: MemorySystem, owner: number): number {
  const { reads, readMisses } = system.counters(0, owner);
  return 1 - readMisses / reads;
}
