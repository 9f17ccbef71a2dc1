/** Monitors of an MSC over a memory system that is nothing but counters. */
import { PartidSpace, packLabel } from '../../../src/arch/label.ts';
import type { MscRegister } from '../../../src/arch/msc-registers.ts';
import { FIRST_OWNER } from '../../../src/loop/assembly/layout.ts';
import type { MonitorEvent, MonitorValueEvent } from '../../../src/memory/monitors/monitor-event.ts';
import type { WrittenHalf } from '../../../src/memory/monitors/monitor-instance.ts';
import { MonitorSet } from '../../../src/memory/monitors/monitor-set.ts';
import type { MonitorSources } from '../../../src/memory/monitors/monitor-sources.ts';
import type { CsuFeatures, MbwuFeatures, MscFrontFeatures, ResourceConfig } from '../../../src/memory/msc-config.ts';
import { FRONT_DEFAULTS } from '../../../src/memory/msc-front/front-defaults.ts';

export const NS = PartidSpace.nonSecure;

const BOTH = {
  numMon: 40,
  hasCapture: true,
  hasOfsr: true,
  hasOflowLnkg: true,
  hasOflowCapt: true,
  hasCevntOflw: true,
};
/** Everything that a CSU monitor can have. */
export const ALL_CSU: CsuFeatures = {
  ...BOTH,
  noMatchPartid: false,
  noMatchPmg: false,
  hasXcl: true,
  isReadOnly: false,
};
/** Everything that an MBWU monitor can have: 63 bits, SCALE 8. */
export const ALL_MBWU: MbwuFeatures = {
  ...BOTH,
  noMatchPartid: false,
  noMatchPmg: false,
  hasRwbw: true,
  longBits: 63,
  scale: 8,
};

const FRONT: MscFrontFeatures = { ...FRONT_DEFAULTS, spaces: 4 };

/** Whose lines are counted. */
export interface Requester {
  readonly space?: number;
  readonly partid?: number;
  readonly pmg?: number;
}

/** Exact counters of RIS 0, and of every other RIS, by owner from FIRST_OWNER on. */
export class CountedMemory implements MonitorSources {
  readonly lineBytes: number;
  readonly #labels: number[] = [];
  readonly reads: number[] = [];
  readonly writes: number[] = [];
  readonly occupied: number[] = [];
  readonly modified: number[] = [];
  rate: number | undefined;

  constructor(lineBytes: number) {
    this.lineBytes = lineBytes;
  }

  /** @returns the index of the owner in `reads`, `writes`, `occupied` and `modified`. */
  addOwner({ space = NS, partid = 0, pmg = 0 }: Requester): number {
    for (const counter of [this.reads, this.writes, this.occupied, this.modified]) counter.push(0);
    return this.#labels.push(packLabel(space, partid, pmg)) - 1;
  }

  /** Give an owner another label. */
  relabel(index: number, { space = NS, partid = 0, pmg = 0 }: Requester): void {
    this.#labels[index] = packLabel(space, partid, pmg);
  }

  ownerCount(): number {
    return FIRST_OWNER + this.#labels.length;
  }

  label(owner: number): number {
    return this.#labels[owner - FIRST_OWNER]!;
  }

  occupancyLines(_ris: number, owner: number): number {
    return this.occupied[owner - FIRST_OWNER]!;
  }

  dirtyLines(): Uint32Array {
    return Uint32Array.from([...new Array<number>(FIRST_OWNER).fill(0), ...this.modified]);
  }

  readLines(_ris: number, owner: number): number {
    return this.reads[owner - FIRST_OWNER]!;
  }

  writtenLines(_ris: number, owner: number): number {
    return this.writes[owner - FIRST_OWNER]!;
  }

  linesPerSecondMax(): number | undefined {
    return this.rate;
  }
}

interface FixtureOptions {
  readonly csu?: CsuFeatures | undefined;
  readonly mbwu?: MbwuFeatures | undefined;
  readonly front?: Partial<MscFrontFeatures>;
  readonly lineBytes?: number;
  /** Resource instances, all alike. */
  readonly ris?: readonly number[];
}

/** Which copy of a register: instance 0 of the Non-secure page and RIS 0, if nothing else is said. */
export interface At {
  readonly instance?: number;
  readonly space?: number;
  readonly ris?: number;
}

export class MonitorFixture {
  readonly memory: CountedMemory;
  readonly monitors: MonitorSet;
  readonly events: MonitorEvent[] = [];
  nowNs = 0;

  constructor({ csu, mbwu, front, lineBytes = 64, ris = [0] }: FixtureOptions) {
    this.memory = new CountedMemory(lineBytes);
    const resources = ris.map((number) => resourceOf(number, csu, mbwu));
    const features = {
      partidMax: 255,
      pmgMax: 3,
      hasEndis: true,
      hasNfu: false,
      intpartidMax: undefined,
      outOfRange: 'default',
      reset: 'defaults',
    } as const;
    this.monitors = new MonitorSet(
      { name: 'msc', features, front: { ...FRONT, ...front }, resources },
      this.memory,
      () => this.nowNs,
      (event) => this.events.push(event),
    );
  }

  /** A register as one number. */
  read(register: MscRegister, { instance = 0, space = NS, ris = 0 }: At = {}): bigint {
    const { lo, hi } = this.monitors.read(register, space, ris, instance);
    return (BigInt(hi) << 32n) | BigInt(lo);
  }

  write(register: MscRegister, value: bigint | number, { instance = 0, space = NS, ris = 0 }: At = {}): void {
    const bits = BigInt.asUintN(64, BigInt(value));
    const [lo, hi] = [Number(bits & 0xffffffffn), Number(bits >> 32n)];
    this.monitors.write(register, space, ris, instance, lo, hi, 'both');
  }

  /** A 32-bit write of one half of a 64-bit register. */
  writeHalf(register: MscRegister, half: WrittenHalf, value: number): void {
    this.monitors.write(register, NS, 0, 0, half === 'low' ? value : 0, half === 'high' ? value : 0, half);
  }

  /** What was told since the last call, register changes left out. */
  happened(): string[] {
    const told = this.events.filter((event) => event.type !== 'register').map(textOf);
    this.events.length = 0;
    return told;
  }
}

/** One line for an event: type, which value of which instance, VALUE with NRDY as bit 63, and the capture event if any. */
export function textOf(event: MonitorEvent): string {
  if (event.type === 'register') {
    const { register, space, ris, partid, word, oldValue, newValue } = event.change;
    return `register ${register}.${word} of ${ris}/${space}/${partid}: ${hex(oldValue)} to ${hex(newValue)}`;
  }
  const { ris, space, instance, kind } = event;
  const which = `${['csu', 'mbwu', 'mbwu_l'][kind]} ${ris}/${space}/${instance}`;
  return event.type === 'overflowInterrupt' ? `interrupt by ${which}` : `${event.type} of ${which}${atValue(event)}`;
}

function atValue({ lo, hi, event }: MonitorValueEvent): string {
  const value = hex((BigInt(hi) << 32n) | BigInt(lo));
  return event === 0 ? ` at ${value}` : ` at ${value} by ${event}`;
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

function resourceOf(ris: number, csu: CsuFeatures | undefined, mbwu: MbwuFeatures | undefined): ResourceConfig {
  return {
    ris,
    cache: 0,
    channel: undefined,
    cacheControls: undefined,
    bandwidth: undefined,
    priority: undefined,
    monitors: { csu, mbwu },
  };
}
