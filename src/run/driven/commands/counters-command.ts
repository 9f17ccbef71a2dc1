/**
 * `counters`: the exact truth behind what monitors show, per label and tenant: who holds how much of a cache, who moved how
 * much to and from memory.
 */
import { FIRST_OWNER } from '../../../loop/assembly/layout.ts';
import type { BusAction, BusCommand } from '../bus-command.ts';
import { type BusWorld, labelText } from '../bus-world.ts';

const MEMORY = 'memory';

export const COUNTERS_COMMAND: BusCommand = {
  name: 'counters',
  usage: ['counters memory|CACHE'],
  parse: (words, world): BusAction => {
    const place = words.choice('cache', new Map<string, number | typeof MEMORY>([...world.caches, [MEMORY, MEMORY]]));
    words.end();
    const run = (): string => {
      const texts = place === MEMORY ? memoryTexts(world) : cacheTexts(world, place);
      return texts.length === 0 ? 'ok' : `ok ${texts.join(' ; ')}`;
    };
    return { pe: 0, run };
  },
};

function cacheTexts(world: BusWorld, cache: number): string[] {
  const { memory, plan } = world.machine;
  return owners(world).flatMap((owner) => {
    const { occupancy, fills, evicted } = memory.counters(cache, owner);
    if (fills === 0 && occupancy === 0) return [];
    const bytes = occupancy * plan.hierarchy.lineBytes;
    return [`${ownerText(world, owner)} lines=${occupancy} bytes=${bytes} fills=${fills} evicted=${evicted}`];
  });
}

function memoryTexts(world: BusWorld): string[] {
  const { memory, plan } = world.machine;
  const { lineBytes } = plan.hierarchy;
  return owners(world).flatMap((owner) => {
    const { reads, writes, fetches, writeBacks } = memory.memoryCounters(owner);
    const read = (reads + writes + fetches) * lineBytes;
    if (read === 0 && writeBacks === 0) return [];
    return [`${ownerText(world, owner)} read=${read} written=${writeBacks * lineBytes}`];
  });
}

/** A line's owner stays one when its label is gone from all registers, so all that were ever met are looked at. */
function owners({ machine }: BusWorld): number[] {
  return Array.from({ length: machine.memory.owners.count - FIRST_OWNER }, (_, at) => FIRST_OWNER + at);
}

function ownerText(world: BusWorld, owner: number): string {
  const { owners: met } = world.machine.memory;
  return `label=${labelText(met.label(owner))} tenant=${world.tenantName(met.tenant(owner))}`;
}
