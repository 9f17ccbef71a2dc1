/** Monitors that look at counters now and then show what monitors show that see every single line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import {
  CAPT_RESET,
  CEVNT_OFLW,
  captEvnt,
  EN,
  MATCH_PARTID,
  MATCH_PMG,
  OFLOW_CAPT,
  OFLOW_CAPT_L,
  OFLOW_FRZ,
  OFLOW_INTR,
  OFLOW_INTR_L,
  OFLOW_STATUS,
  OFLOW_STATUS_L,
  oflowLnkg,
  SCLEN,
} from './control-fields.ts';
import { ALL_MBWU, MonitorFixture, NS } from './monitor-fixture.ts';
import { NaiveMonitor } from './naive-monitor.ts';

const {
  MSMON_CFG_MBWU_FLT: FLT,
  MSMON_CFG_MBWU_CTL: CTL,
  MSMON_MBWU: MBWU,
  MSMON_MBWU_CAPTURE: CAPTURE,
  MSMON_MBWU_L: LONG,
  MSMON_MBWU_L_CAPTURE: LONG_CAPTURE,
} = MscRegister;

const LABELS = [0, 1].flatMap((partid) => [0, 1].map((pmg) => ({ partid, pmg })));
const TYPE = 0x42n;

interface Shape {
  readonly longBits: 0 | 44 | 63;
  readonly scale: number;
}

type Step =
  | { readonly do: 'move'; readonly owner: number; readonly isWrite: boolean; readonly lines: number }
  | { readonly do: 'filter' | 'control'; readonly instance: number; readonly bits: number }
  | {
      readonly do: 'value';
      readonly instance: number;
      readonly isLong: boolean;
      readonly below: bigint;
      readonly nrdy: boolean;
    }
  | { readonly do: 'event'; readonly event: number }
  | { readonly do: 'look'; readonly instance: number };

const flags = (...bits: readonly number[]): fc.Arbitrary<number> =>
  fc.subarray([...bits]).map((chosen) => chosen.reduce((sum, bit) => sum + bit, 0));

const control = fc
  .tuple(
    flags(MATCH_PARTID, MATCH_PMG, CEVNT_OFLW, CAPT_RESET),
    flags(SCLEN, OFLOW_FRZ, OFLOW_INTR, OFLOW_INTR_L, OFLOW_CAPT, OFLOW_CAPT_L, OFLOW_STATUS, OFLOW_STATUS_L),
    fc.integer({ min: 0, max: 2 }).map(captEvnt),
    fc.integer({ min: 0, max: 2 }).map(oflowLnkg),
    fc.constantFrom(EN, EN, EN, 0),
  )
  .map((parts) => parts.reduce((sum, part) => sum + part, 0));

const filter = fc
  .tuple(fc.nat(1), fc.nat(1), fc.nat(3))
  .map(([partid, pmg, rwbw]) => partid + pmg * 2 ** 16 + rwbw * 2 ** 30);

/** @param lines at most, moved at once. */
function steps(instances: number, lines: number): fc.Arbitrary<Step[]> {
  const instance = fc.nat(instances - 1);
  const move = fc.record({
    do: fc.constant('move' as const),
    owner: fc.nat(LABELS.length - 1),
    isWrite: fc.boolean(),
    lines: fc.integer({ min: 1, max: lines }),
  });
  const step = fc.oneof(
    { weight: 4, arbitrary: move },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('filter' as const), instance, bits: filter }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('control' as const), instance, bits: control }) },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('value' as const),
        instance,
        isLong: fc.boolean(),
        below: fc.bigInt({ min: 1n, max: 3000n }),
        nrdy: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('event' as const), event: fc.integer({ min: 1, max: 2 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const), instance }) },
  );
  return fc.array(step, { minLength: 10, maxLength: 40 });
}

const shape: fc.Arbitrary<Shape> = fc.record({
  longBits: fc.constantFrom(0 as const, 44 as const, 63 as const),
  scale: fc.constantFrom(1, 6, 9),
});

/** The real monitors and the naive ones, side by side. */
class Duel {
  readonly #real: MonitorFixture;
  readonly #naive: readonly NaiveMonitor[];
  readonly #isWatched: boolean;
  readonly #told: string[] = [];

  /** @param isWatched bring the real ones up to date after every line. */
  constructor({ longBits, scale }: Shape, instances: number, isWatched: boolean) {
    this.#real = new MonitorFixture({ mbwu: { ...ALL_MBWU, longBits, scale } });
    this.#naive = Array.from({ length: instances }, (_, i) => new NaiveMonitor(`0/${NS}/${i}`, longBits, scale));
    this.#isWatched = isWatched;
    for (const label of LABELS) this.#real.memory.addOwner(label);
  }

  play(step: Step): void {
    switch (step.do) {
      case 'move':
        for (let i = 0; i < step.lines; i++) this.#line(step.owner, step.isWrite);
        break;
      case 'filter':
        this.#real.write(FLT, step.bits, step);
        this.#naive[step.instance]!.flt = step.bits;
        break;
      case 'control':
        this.#real.write(CTL, step.bits, step);
        this.#naive[step.instance]!.writeControl(this.#existing(step.bits));
        break;
      case 'value':
        this.#writeValue(step);
        break;
      case 'event':
        this.#real.monitors.captureExternal(step.event);
        for (const naive of this.#naive) naive.captureEvent(step.event);
        break;
      case 'look':
        this.#compare(step.instance);
    }
  }

  compareAll(): void {
    for (const instance of this.#naive.keys()) this.#compare(instance);
    this.#told.push(...this.#real.happened());
    for (const [instance, naive] of this.#naive.entries()) {
      const place = `0/${NS}/${instance}`;
      expect(this.#told.filter((told) => told.split(' ').includes(place))).toEqual(naive.log);
    }
  }

  get overflows(): number {
    return this.#told.filter((told) => told.startsWith('overflow')).length;
  }

  #line(owner: number, isWrite: boolean): void {
    this.#real.memory[isWrite ? 'writes' : 'reads'][owner]! += 1;
    if (this.#isWatched) this.#real.monitors.sync(0);
    const raised = this.#naive.flatMap((naive) =>
      naive.line({ ...LABELS[owner]!, isWrite }).map((event) => ({ from: naive, event })),
    );
    for (const { from, event } of raised) {
      for (const naive of this.#naive) if (naive !== from) naive.captureEvent(event);
    }
  }

  /** Fields of the long value do not exist without it. */
  #existing(bits: number): number {
    const long = OFLOW_CAPT_L + OFLOW_INTR_L + OFLOW_STATUS_L;
    return this.#naive[0]!.values.length > 1 ? bits : Number(BigInt(bits) & ~BigInt(long));
  }

  #writeValue({ instance, isLong, below, nrdy }: Step & { do: 'value' }): void {
    const naive = this.#naive[instance]!;
    const value = naive.values[isLong ? 1 : 0];
    if (value === undefined) return;
    const written = 2n ** value.bits - below;
    this.#real.write(isLong ? LONG : MBWU, written + (nrdy ? 2n ** (isLong ? 63n : 31n) : 0n), { instance });
    naive.writeValue(value, written + (nrdy ? 2n ** 63n : 0n));
  }

  #compare(instance: number): void {
    const naive = this.#naive[instance]!;
    const [short, long] = naive.values;
    const read = (register: MscRegister): bigint => this.#real.read(register, { instance });
    expect(read(CTL)).toBe(BigInt(naive.ctl) + TYPE);
    expect(read(MBWU)).toBe(narrow(naive.shown(short!)));
    expect(read(CAPTURE)).toBe(narrow(short!.captured));
    expect(read(LONG)).toBe(long === undefined ? 0n : naive.shown(long));
    expect(read(LONG_CAPTURE)).toBe(long?.captured ?? 0n);
  }
}

/** NRDY at bit 31 instead of 63. */
const narrow = (shown: bigint): bigint => (shown >= 2n ** 63n ? shown - 2n ** 63n + 2n ** 31n : shown);

describe('monitors that look at counters when they are asked', () => {
  it('show and tell what one shows and tells that sees every line, however late they look', () => {
    let overflows = 0;
    fc.assert(
      fc.property(shape, steps(1, 120), (monitor, sequence) => {
        const duel = new Duel(monitor, 1, false);
        for (const step of sequence) duel.play(step);
        duel.compareAll();
        overflows += duel.overflows;
      }),
      { numRuns: 1500 },
    );
    expect(overflows).toBeGreaterThan(500);
  });

  it('do the same to each other through linked overflows, if they look after every line', () => {
    let overflows = 0;
    fc.assert(
      fc.property(shape, steps(3, 40), (monitor, sequence) => {
        const duel = new Duel(monitor, 3, true);
        for (const step of sequence) duel.play(step);
        duel.compareAll();
        overflows += duel.overflows;
      }),
      { numRuns: 800 },
    );
    expect(overflows).toBeGreaterThan(500);
  });
});
