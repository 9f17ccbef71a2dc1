/** A machine's caches and their judge side by side: every step is done to both, and everything they count is compared. */
import { CMAX_SOFTLIM, EN_FLAGS_PARTIDS, INTPARTID_INTERNAL } from '../../src/arch/msc/fields.ts';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import { KIND_FETCH, KIND_READ, KIND_WRITE } from '../../src/loop/assembly/layout.ts';
import type { HierarchyConfig } from '../../src/memory/hierarchy-config.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';
import type { MscControls } from '../../src/memory/settings/msc-controls.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { type AccessStep, OWNERS, type SettingStep, type Step } from './arbitrary-steps.ts';
import { brokenIdentities } from './conservation.ts';
import { memorySystem, putReady } from './memory-fixture.ts';
import { NaiveHierarchy } from './naive-hierarchy.ts';
import type { NaivePartitions } from './naive-partitions.ts';

const KIND_CODES = { read: KIND_READ, write: KIND_WRITE, fetch: KIND_FETCH } as const;

const COUNTERS = [
  'reads',
  'writes',
  'fetches',
  'readMisses',
  'writeMisses',
  'fetchMisses',
  'fills',
  'fillsIntoInvalid',
  'evictionsBy',
  'evicted',
  'invalidated',
  'writeBacks',
  'refused',
  'received',
  'transferred',
  'occupancy',
] as const;
const MEMORY_COUNTERS = ['reads', 'writes', 'fetches', 'writeBacks'] as const;
/** Histories that are no owners: never, refused, moved. */
const NO_OWNERS = [0, 1, 2];

/** The portion map as words of MPAMCFG_CPBM<n>. */
export function portionWordsOf(allowed: readonly boolean[]): number[] {
  const words = Array.from({ length: Math.ceil(allowed.length / 32) }, () => 0);
  allowed.forEach((isAllowed, p) => {
    if (isAllowed) words[p >> 5] = (words[p >> 5]! | (1 << (p & 31))) >>> 0;
  });
  return words;
}

export class JudgedMachine {
  readonly config: HierarchyConfig;
  readonly system: MemorySystem;
  readonly naive: NaiveHierarchy;
  /** The numbers of OWNERS. */
  readonly owners: readonly number[];

  constructor(config: HierarchyConfig) {
    this.config = config;
    this.system = memorySystem(config);
    this.owners = OWNERS.map(({ label, tenant }) => this.system.owner(label, tenant));
    const labelOf = (owner: number): number => OWNERS[this.owners.indexOf(owner)]!.label;
    this.naive = new NaiveHierarchy(config, labelOf, (cache, line) => this.system.find(cache, line)?.way);
    this.naive.caches.forEach(({ partitions }, cache) => {
      if (partitions) copySettings(this.system.controls(cache)!, partitions);
    });
  }

  /** Do one step to both. @returns what they disagree about, undefined if they agree. */
  do(step: Step): string | undefined {
    if (step.does === 'setting') return void this.#set(step);
    const { port, line, kind } = step;
    const owner = this.owners[step.owner]!;
    const served = this.system.access(port, line, KIND_CODES[kind], owner);
    const expected = this.naive.access(port, line, kind, owner);
    return served === expected ? undefined : `served by step ${served}, the judge says ${expected}`;
  }

  /** Do accesses to both, in one call where the caches can. What they do is to be compared afterwards. */
  replay(accesses: readonly AccessStep[]): void {
    accesses.forEach(({ port, line, kind, owner }, at) => {
      putReady(this.system, at, { port, line, kind: KIND_CODES[kind], owner: this.owners[owner]! });
    });
    this.system.replay(accesses.length);
    for (const { port, line, kind, owner } of accesses) this.naive.access(port, line, kind, this.owners[owner]!);
  }

  /** Everything that can be asked about lines below `lines`: what the judge says otherwise. */
  differences(lines: number): string[] {
    const found: string[] = [];
    const compare = (what: string, actual: number, expected: number): void => {
      if (actual !== expected) found.push(`${what} is ${actual}, the judge says ${expected}`);
    };
    for (const owner of this.owners) this.#compareMemory(owner, compare);
    this.naive.caches.forEach((_, cache) => {
      for (const owner of this.owners) this.#compareOwner(cache, owner, compare);
      for (let line = 0; line < lines; line++) found.push(...this.#compareLine(cache, line));
    });
    return found;
  }

  /** Identities of conservation, and inclusions, that do not hold. */
  brokenIdentities(): string[] {
    return [...brokenIdentities(this.system, this.config, this.owners), ...this.naive.brokenInclusions()];
  }

  #compareMemory(owner: number, compare: (what: string, actual: number, expected: number) => void): void {
    const [actual, expected] = [this.system.memoryCounters(owner), this.naive.memory(owner)];
    for (const name of MEMORY_COUNTERS) compare(`memory ${name} of owner ${owner}`, actual[name], expected[name]);
  }

  #compareOwner(cache: number, owner: number, compare: (what: string, actual: number, expected: number) => void): void {
    const naive = this.naive.caches[cache]!;
    const at = `${naive.config.name}:`;
    const counters = this.system.counters(cache, owner);
    for (const name of COUNTERS) compare(`${at} ${name} of ${owner}`, counters[name], naive.counter(name, owner));
    compare(`${at} occupancy() of ${owner}`, this.system.occupancy(cache, owner), naive.counter('occupancy', owner));
    for (const other of naive.config.flows ? this.owners : []) {
      compare(`${at} flow ${owner} -> ${other}`, this.system.flow(cache, owner, other), naive.flow(owner, other));
    }
    for (const history of naive.config.missClasses ? [...NO_OWNERS, ...this.owners] : []) {
      const what = `${at} misses of ${owner} because of ${history}`;
      compare(what, this.system.missesBecauseOf(cache, owner, history), naive.missesBecauseOf(owner, history));
    }
  }

  #compareLine(cache: number, line: number): string[] {
    const naive = this.naive.caches[cache]!;
    const held = naive.find(line);
    const expected = held && { owner: held.owner, isDirty: held.isDirty, way: naive.wayOf(line) };
    const state = this.system.find(cache, line);
    const actual = state && { owner: state.owner, isDirty: state.isDirty, way: state.way };
    const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
    return is === should ? [] : [`${naive.config.name}: line ${line} is ${is}, the judge says ${should}`];
  }

  #set(step: SettingStep): void {
    writeRegister(this.system.controls(step.cache)!, step);
    const { space, partid, setting } = step;
    const naive = this.naive.caches[step.cache]!.partitions!;
    if (setting.what === 'enabled') naive.setEnabled(space, partid, setting.isEnabled);
    else if (setting.what === 'intpartid') naive.setInternal(space, partid, setting.intpartid);
    else if (setting.what === 'portions') naive.set(space, partid, { portions: setting.allowed });
    else if (setting.what === 'cmax') naive.set(space, partid, { cmax: setting.field, softlim: setting.softlim });
    else naive.set(space, partid, { [setting.what]: setting.field });
  }
}

function writeRegister(controls: MscControls, { space, partid, setting }: SettingStep): void {
  const write = (register: MscRegister, value: number, word = 0): void => {
    controls.write(settingAt(register, space, partid, word), value);
  };
  switch (setting.what) {
    case 'portions':
      for (const [n, word] of portionWordsOf(setting.allowed).entries()) write(MscRegister.MPAMCFG_CPBM, word, n);
      break;
    case 'cmax':
      write(MscRegister.MPAMCFG_CMAX, setting.field + (setting.softlim ? CMAX_SOFTLIM : 0));
      break;
    case 'cmin':
      write(MscRegister.MPAMCFG_CMIN, setting.field);
      break;
    case 'cassoc':
      write(MscRegister.MPAMCFG_CASSOC, setting.field);
      break;
    case 'enabled':
      write(setting.isEnabled ? MscRegister.MPAMCFG_EN : MscRegister.MPAMCFG_DIS, partid);
      break;
    case 'intpartid':
      write(MscRegister.MPAMCFG_INTPARTID, INTPARTID_INTERNAL + setting.intpartid);
      break;
  }
}

/** Tell the judge what the registers hold: after a reset to UNKNOWN values it cannot know. */
function copySettings(controls: MscControls, naive: NaivePartitions): void {
  const { partidMax, intpartidMax } = controls.config.features;
  const { cpbmWd } = controls.config.resources[0]!.cacheControls!;
  for (const space of [0, 1]) {
    const read = (register: MscRegister, partid: number, word = 0): number =>
      controls.read(settingAt(register, space, partid, word));
    for (let partid = 0; partid <= partidMax; partid++) {
      const group = partid - (partid % EN_FLAGS_PARTIDS);
      const isEnabled = ((read(MscRegister.MPAMCFG_EN_FLAGS, group) >>> (partid - group)) & 1) === 1;
      naive.setEnabled(space, partid, isEnabled);
      naive.setInternal(space, partid, read(MscRegister.MPAMCFG_INTPARTID, partid) & 0xffff);
    }
    for (let partid = 0; partid <= (intpartidMax ?? partidMax); partid++) {
      const cmax = read(MscRegister.MPAMCFG_CMAX, partid);
      naive.set(space, partid, {
        portions: Array.from({ length: cpbmWd }, (_, p) => {
          return ((read(MscRegister.MPAMCFG_CPBM, partid, p >> 5) >>> (p & 31)) & 1) === 1;
        }),
        cmax: cmax & 0xffff,
        softlim: cmax >= CMAX_SOFTLIM,
        cmin: read(MscRegister.MPAMCFG_CMIN, partid),
        cassoc: read(MscRegister.MPAMCFG_CASSOC, partid),
      });
    }
  }
}
