/** The MSCs of a machine: each with what it regulates and measures, taken from the machine's exact counters. */

import { MscRegister } from '../arch/msc-registers.ts';
import { FIRST_OWNER } from '../loop/assembly/layout.ts';
import { mscsOf } from './implied-mscs.ts';
import type { MemorySystem } from './memory-system.ts';
import { Msc, type MscEvent, type MscSurroundings } from './msc.ts';
import type { MscConfig, ResourceConfig } from './msc-config.ts';

/** What decides under which PARTID requests go on. */
const EGRESS_REGISTERS: ReadonlySet<MscRegister> = new Set([
  MscRegister.MPAMCFG_OUT_TL,
  MscRegister.MPAMCFG_OUT_TL_BASE,
  MscRegister.MPAMCFG_OUT_TL_MASK,
]);

/** 1 s in 1/65536 ps. */
const SECOND = 65536 * 1e12;
/** Lines per second that a PE moves at most, where nothing else limits it: for looking at monitors in time. */
const PE_LINES_PER_SECOND = 1e10;

/**
 * Put an MSC in front of every resource of a machine that has one.
 * @param clock virtual time, ns.
 * @param onEvent is told what happens in which of them, by its index on the machine.
 */
export function machineMscs(
  memory: MemorySystem,
  clock: () => number,
  onEvent: (msc: number, event: MscEvent) => void,
): readonly Msc[] {
  return mscsOf(memory.config).map((config, index) => {
    const surroundings = surroundingsOf(memory, index, config);
    const caches = config.front.egress === undefined ? [] : outermostCaches(memory, config);
    const msc = new Msc(config, memory.mscControls(index), surroundings, clock, (event) => {
      if (event.type === 'register' && EGRESS_REGISTERS.has(event.change.register)) translateAll(memory, msc, caches);
      onEvent(index, event);
    });
    if (caches.length > 0) memory.tellNewOwners((owner) => translate(memory, msc, caches, owner));
    return msc;
  });
}

function outermostCaches(memory: MemorySystem, { resources }: MscConfig): readonly number[] {
  return resources.flatMap(({ cache }) =>
    cache !== undefined && memory.config.caches[cache]!.outer === undefined ? [cache] : [],
  );
}

function translateAll(memory: MemorySystem, msc: Msc, caches: readonly number[]): void {
  for (let owner = FIRST_OWNER; owner < memory.owners.count; owner++) translate(memory, msc, caches, owner);
}

/** An owner's requests go on to memory as those of the same tenant under the translated label (A 2.7). */
function translate(memory: MemorySystem, { front }: Msc, caches: readonly number[], owner: number): void {
  const { owners } = memory;
  const label = front.downstreamLabel(owners.label(owner));
  const translated = memory.owner(label, owners.tenant(owner));
  for (const cache of caches) memory.setEgress(cache, owner, translated);
}

function surroundingsOf(memory: MemorySystem, msc: number, { resources }: MscConfig): MscSurroundings {
  const { config, owners } = memory;
  const controls = memory.mscControls(msc);
  const byRis: ResourceConfig[] = [];
  for (const resource of resources) byRis[resource.ris] = resource;
  const resourceAt = (ris: number): ResourceConfig => byRis[ris]!;
  const none = new Uint32Array(0);
  let labels: number[] = [];
  return {
    lineBytes: config.lineBytes,
    ownerCount: () => owners.count,
    label: (owner) => (labels[owner] ??= controls.effectiveLabel(owners.label(owner))),
    forgetLabels: () => {
      labels = [];
    },
    requestLabel: (owner) => owners.label(owner),
    requests: (owner) => resources.reduce((sum, resource) => sum + requestsAt(memory, resource, owner), 0),
    occupancyLines: (ris, owner) => {
      const { cache } = resourceAt(ris);
      return cache === undefined ? 0 : memory.occupancy(cache, owner);
    },
    dirtyLines: (ris) => {
      const { cache } = resourceAt(ris);
      return cache === undefined ? none : memory.dirtyLines(cache);
    },
    readLines: (ris, owner) => linesAt(memory, resourceAt(ris), owner, 'read'),
    writtenLines: (ris, owner) => linesAt(memory, resourceAt(ris), owner, 'write'),
    linesPerSecondMax: (ris) => {
      const { channel } = resourceAt(ris);
      return channel === undefined
        ? PE_LINES_PER_SECOND * config.ports.length
        : SECOND / config.bandwidth!.channels[channel]!.lineTime;
    },
  };
}

function requestsAt(memory: MemorySystem, resource: ResourceConfig, owner: number): number {
  if (resource.cache !== undefined) {
    const { reads, writes, fetches, received } = memory.counters(resource.cache, owner);
    return reads + writes + fetches + received;
  }
  return linesAt(memory, resource, owner, 'read') + linesAt(memory, resource, owner, 'write');
}

/** Lines that pass a channel of memory, or the memory side of a cache: reads upstream, writes downstream (A 4.3). */
function linesAt(
  memory: MemorySystem,
  { cache, channel }: ResourceConfig,
  owner: number,
  direction: 'read' | 'write',
): number {
  if (channel !== undefined) return memory.channels!.lines(channel, owner, direction);
  if (cache === undefined) throw new Error('a resource is a cache, or a channel, or both');
  return direction === 'read' ? memory.linesFetched(cache, owner) : memory.linesSent(cache, owner);
}
