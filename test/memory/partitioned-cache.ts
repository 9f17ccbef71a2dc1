/** A small partitioned cache and the verbs of the tests about it. */
import { packLabel } from '../../src/arch/label.ts';
import type { MscRegister } from '../../src/arch/msc-registers.ts';
import { KIND_READ } from '../../src/loop/assembly/layout.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';
import type { CacheControlFeatures } from '../../src/memory/msc-config.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { cacheConfig, controlFeatures, machineConfig } from './machine-configs.ts';
import { memorySystem } from './memory-fixture.ts';

export const SETS = 4;
const WAYS = 8;
export const LINES = SETS * WAYS;
/** Every control, a portion for each way. */
export const EVERYTHING: Partial<CacheControlFeatures> = {
  cpbmWd: WAYS,
  cmaxWd: 8,
  hasCmax: true,
  hasSoftlim: true,
  hasCmin: true,
  cassocWd: 3,
  hasEndis: true,
};

/** One LRU cache of 4 sets and 8 ways. Tenant n has PARTID n and lines of its own. */
export class PartitionedCache {
  readonly system: MemorySystem;

  constructor(features: Partial<CacheControlFeatures> = EVERYTHING) {
    const controls = controlFeatures(features);
    this.system = memorySystem(machineConfig([cacheConfig({ sets: SETS, ways: WAYS, controls })]));
  }

  owner(partid: number, pmg = 0): number {
    return this.system.owner(packLabel(1, partid, pmg), partid);
  }

  /** Line n of a tenant: consecutive ones go through the sets. */
  line = (partid: number, n: number): number => partid * 1024 + n;

  /** A tenant reads its lines `from` to `to` - 1. @returns which step served each. */
  read(partid: number, from: number, to: number, pmg = 0): number[] {
    const lines = Array.from({ length: to - from }, (_, i) => this.line(partid, from + i));
    return lines.map((line) => this.system.access(0, line, KIND_READ, this.owner(partid, pmg)));
  }

  write(register: MscRegister, partid: number, value: number): void {
    this.system.controls(0)!.write(settingAt(register, 1, partid), value);
  }

  register(register: MscRegister, partid: number): number {
    return this.system.controls(0)!.read(settingAt(register, 1, partid));
  }

  occupancy(partid: number): number {
    return this.system.occupancy(0, this.owner(partid));
  }

  flow(evictor: number, victim: number): number {
    return this.system.flow(0, this.owner(evictor), this.owner(victim));
  }

  waysOf(partid: number, from: number, to: number): Set<number | undefined> {
    const lines = Array.from({ length: to - from }, (_, i) => this.line(partid, from + i));
    return new Set(lines.map((line) => this.system.find(0, line)?.way));
  }
}
