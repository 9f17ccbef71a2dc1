/** What happens when a bandwidth usage monitor overflows (A 4.2; A 7 #4). */
import { describe, expect, it } from 'vitest';
import { PartidSpace } from '../../../src/arch/label.ts';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import type { MbwuFeatures, MscFrontFeatures } from '../../../src/memory/msc-config.ts';
import {
  CAPT_RESET,
  EN,
  OFLOW_CAPT,
  OFLOW_CAPT_L,
  OFLOW_FRZ,
  OFLOW_INTR,
  OFLOW_INTR_L,
  OFLOW_STATUS,
  OFLOW_STATUS_L,
} from './control-fields.ts';
import { ALL_MBWU, MonitorFixture, NS, textOf } from './monitor-fixture.ts';

const {
  MSMON_CFG_MBWU_CTL: CTL,
  MSMON_MBWU: MBWU,
  MSMON_MBWU_CAPTURE: CAPTURE,
  MSMON_MBWU_L: LONG,
  MSMON_MBWU_L_CAPTURE: LONG_CAPTURE,
  MSMON_MBWU_OFSR: OFSR,
  MSMON_OFLOW_SR: OFLOW_SR,
} = MscRegister;

const TYPE = 0x42;
const SHORT_END = 2 ** 31;
const LONG_END = 2n ** 63n;

/** An enabled instance 0, and one owner whom it counts. */
function countingOf(
  control: number,
  features: Partial<MbwuFeatures> = {},
  front: Partial<MscFrontFeatures> = {},
): MonitorFixture {
  const fixture = new MonitorFixture({ mbwu: { ...ALL_MBWU, ...features }, front });
  fixture.memory.addOwner({});
  fixture.write(CTL, EN + control);
  fixture.events.length = 0;
  return fixture;
}

/** Lines are moved, and nobody looks. */
function move(fixture: MonitorFixture, lines: number): void {
  fixture.memory.reads[0]! += lines;
}

describe('an overflow', () => {
  it('sets the status and lets the value wrap', () => {
    const fixture = countingOf(0);
    fixture.write(MBWU, SHORT_END - 100);
    move(fixture, 4);
    expect(fixture.read(CTL)).toBe(BigInt(EN + OFLOW_STATUS + TYPE));
    expect(fixture.read(MBWU)).toBe(156n);
    expect(fixture.read(LONG)).toBe(256n);
  });

  it('of the long value has a status of its own', () => {
    const fixture = countingOf(0);
    fixture.write(LONG, LONG_END - 64n);
    move(fixture, 1);
    expect(fixture.read(CTL)).toBe(BigInt(EN + OFLOW_STATUS_L + TYPE));
    expect(fixture.read(LONG)).toBe(0n);
  });

  it('is told with the value right after it, and the change of the status with it', () => {
    const fixture = countingOf(0);
    fixture.write(MBWU, SHORT_END - 100);
    fixture.events.length = 0;
    move(fixture, 9);
    fixture.monitors.sync(0);
    expect(fixture.events.map(textOf)).toEqual([
      `overflow of mbwu 0/${NS}/0 at 0x1c`,
      `register ${CTL}.0 of 0/${NS}/0: 0x80000042 to 0x84000042`,
    ]);
  });

  it('is told every time, however many happened before anybody looked', () => {
    const fixture = countingOf(0);
    move(fixture, (3 * SHORT_END) / 64);
    fixture.monitors.sync(0);
    expect(fixture.happened()).toEqual(new Array(3).fill(`overflow of mbwu 0/${NS}/0 at 0x0`));
  });

  it('is not there at the largest value', () => {
    const fixture = countingOf(0);
    fixture.write(MBWU, SHORT_END - 65);
    move(fixture, 1);
    expect(fixture.read(MBWU)).toBe(BigInt(SHORT_END - 1));
    expect(fixture.happened()).toEqual([]);
  });

  it.each([
    ['writing OFLOW_STATUS as 0', (fixture: MonitorFixture) => fixture.write(CTL, EN)],
    ['writing VALUE', (fixture: MonitorFixture) => fixture.write(MBWU, 5)],
    ['writing VALUE as it is', (fixture: MonitorFixture) => fixture.write(MBWU, fixture.read(MBWU))],
  ])('is forgotten by %s, even without linkage and capture events', (_, forget) => {
    const fixture = countingOf(0, { hasCevntOflw: false, hasOflowLnkg: false });
    fixture.write(MBWU, SHORT_END - 64);
    move(fixture, 1);
    expect(fixture.read(CTL)).toBe(BigInt(EN + OFLOW_STATUS + TYPE));
    forget(fixture);
    expect(fixture.read(CTL)).toBe(BigInt(EN + TYPE));
  });

  it('is not forgotten by writing the upper half of a 32-bit register, which does not exist', () => {
    const fixture = countingOf(0);
    move(fixture, SHORT_END / 64);
    fixture.writeHalf(MBWU, 'high', 0);
    expect(fixture.read(CTL)).toBe(BigInt(EN + OFLOW_STATUS + TYPE));
  });

  it('of one width is not forgotten by writing the other', () => {
    const fixture = countingOf(0);
    fixture.write(MBWU, SHORT_END - 64);
    fixture.write(LONG, LONG_END - 64n);
    move(fixture, 1);
    fixture.writeHalf(LONG, 'low', 3);
    expect(fixture.read(CTL)).toBe(BigInt(EN + OFLOW_STATUS + TYPE));
  });
});

describe('OFLOW_FRZ', () => {
  it('freezes both widths at the line that overflowed, and what comes later is not counted', () => {
    const fixture = countingOf(OFLOW_FRZ);
    fixture.write(MBWU, SHORT_END - 100);
    move(fixture, 1000);
    expect(fixture.read(MBWU)).toBe(28n);
    expect(fixture.read(LONG)).toBe(128n);
    move(fixture, 1000);
    expect(fixture.read(MBWU)).toBe(28n);
    expect(fixture.read(LONG)).toBe(128n);
  });

  it('lets each width go on when it is written, by either half of the long one', () => {
    const fixture = countingOf(OFLOW_FRZ);
    fixture.write(MBWU, SHORT_END - 64);
    move(fixture, 10);
    fixture.write(MBWU, 1000);
    move(fixture, 1);
    expect(fixture.read(MBWU)).toBe(1064n);
    expect(fixture.read(LONG)).toBe(64n);
    fixture.writeHalf(LONG, 'high', 1);
    move(fixture, 1);
    expect(fixture.read(MBWU)).toBe(1128n);
    expect(fixture.read(LONG)).toBe(2n ** 32n + 128n);
  });

  it('that is cleared, or a status that is cleared, does not unfreeze', () => {
    const fixture = countingOf(OFLOW_FRZ);
    fixture.write(MBWU, SHORT_END - 64);
    move(fixture, 10);
    fixture.write(CTL, EN);
    move(fixture, 10);
    expect(fixture.read(MBWU)).toBe(0n);
    expect(fixture.read(LONG)).toBe(64n);
  });
});

describe('the overflow interrupt', () => {
  it('comes only when OFLOW_STATUS goes from 0 to 1 while OFLOW_INTR is 1', () => {
    const fixture = countingOf(OFLOW_INTR);
    const overflowOnce = (): string[] => {
      move(fixture, SHORT_END / 64);
      fixture.monitors.sync(0);
      return fixture.happened();
    };
    const told = `overflow of mbwu 0/${NS}/0 at 0x0`;
    const interrupt = `interrupt by mbwu 0/${NS}/0`;
    expect(overflowOnce()).toEqual([told, interrupt]);
    expect(overflowOnce()).toEqual([told]);
    fixture.write(CTL, EN + OFLOW_INTR);
    expect(overflowOnce()).toEqual([told, interrupt]);
    fixture.write(MBWU, 0);
    expect(overflowOnce()).toEqual([told, interrupt]);
    fixture.write(CTL, EN);
    expect(overflowOnce()).toEqual([told]);
    fixture.write(CTL, EN + OFLOW_INTR + OFLOW_STATUS);
    expect(overflowOnce()).toEqual([told]);
  });

  it('does not come when software writes the status', () => {
    const fixture = countingOf(OFLOW_INTR);
    fixture.write(CTL, EN + OFLOW_INTR + OFLOW_STATUS);
    expect(fixture.read(CTL)).toBe(BigInt(EN + OFLOW_INTR + OFLOW_STATUS + TYPE));
    expect(fixture.happened()).toEqual([]);
  });

  it('of the long value depends on OFLOW_INTR_L alone', () => {
    for (const control of [OFLOW_INTR, OFLOW_INTR_L]) {
      const fixture = countingOf(control);
      fixture.write(LONG, LONG_END - 64n);
      move(fixture, 1);
      fixture.monitors.sync(0);
      const told = [`overflow of mbwu_l 0/${NS}/0 at 0x0`, `interrupt by mbwu_l 0/${NS}/0`];
      expect(fixture.happened()).toEqual(told.slice(0, control === OFLOW_INTR ? 1 : 2));
    }
  });

  it('does not come from an MSC that has none', () => {
    const fixture = countingOf(OFLOW_INTR, {}, { hasOflowInterrupt: false });
    move(fixture, SHORT_END / 64);
    fixture.monitors.sync(0);
    expect(fixture.happened()).toEqual([`overflow of mbwu 0/${NS}/0 at 0x0`]);
  });
});

describe('capture on overflow', () => {
  it('copies the value right after the overflow, and only the width that overflowed', () => {
    const fixture = countingOf(OFLOW_CAPT + OFLOW_CAPT_L);
    fixture.write(MBWU, SHORT_END - 100);
    move(fixture, 10);
    expect(fixture.read(CAPTURE)).toBe(28n);
    expect(fixture.read(LONG_CAPTURE)).toBe(0n);
    expect(fixture.read(MBWU)).toBe(540n);
  });

  it('of the long value needs OFLOW_CAPT_L', () => {
    for (const [control, captured] of [
      [OFLOW_CAPT, 0n],
      [OFLOW_CAPT_L, 20n],
    ] as const) {
      const fixture = countingOf(control);
      fixture.write(LONG, LONG_END - 44n);
      move(fixture, 3);
      expect(fixture.read(LONG_CAPTURE)).toBe(captured);
    }
  });

  it('with CAPT_RESET counts the lines after the overflow from 0', () => {
    const fixture = countingOf(OFLOW_CAPT + CAPT_RESET);
    fixture.write(MBWU, SHORT_END - 100);
    move(fixture, 10);
    expect(fixture.read(CAPTURE)).toBe(28n);
    expect(fixture.read(MBWU)).toBe(512n);
  });

  it('with CAPT_RESET and OFLOW_FRZ leaves the value frozen at 0', () => {
    const fixture = countingOf(OFLOW_CAPT + CAPT_RESET + OFLOW_FRZ);
    fixture.write(MBWU, SHORT_END - 100);
    move(fixture, 10);
    expect(fixture.read(CAPTURE)).toBe(28n);
    expect(fixture.read(MBWU)).toBe(0n);
  });

  it('tells overflow, status, capture and interrupt in this order', () => {
    const fixture = countingOf(OFLOW_CAPT + OFLOW_INTR);
    fixture.write(MBWU, SHORT_END - 64);
    fixture.events.length = 0;
    move(fixture, 1);
    fixture.monitors.sync(0);
    expect(fixture.events.map(textOf)).toEqual([
      `overflow of mbwu 0/${NS}/0 at 0x0`,
      `register ${CTL}.0 of 0/${NS}/0: 0x82800042 to 0x86800042`,
      `capture of mbwu 0/${NS}/0 at 0x0`,
      `interrupt by mbwu 0/${NS}/0`,
    ]);
  });
});

describe('the overflow status registers', () => {
  /** Overflows at (RIS, instance) of the Non-secure space; all count the same owner. */
  function overflowedAt(places: readonly (readonly [ris: number, instance: number])[]): MonitorFixture {
    const fixture = new MonitorFixture({ mbwu: ALL_MBWU, ris: [0, 2, 15] });
    fixture.memory.addOwner({});
    for (const [ris, instance] of places) {
      fixture.write(CTL, EN, { ris, instance });
      fixture.write(MBWU, SHORT_END - 64, { ris, instance });
    }
    move(fixture, 1);
    return fixture;
  }

  it('show the 32 instances around the selected one', () => {
    const fixture = overflowedAt([
      [0, 0],
      [0, 31],
      [0, 33],
      [2, 4],
    ]);
    expect(fixture.read(OFSR, { instance: 17 })).toBe(0x80000001n);
    expect(fixture.read(OFSR, { instance: 39 })).toBe(0x2n);
    expect(fixture.read(OFSR, { instance: 0, ris: 2 })).toBe(0x10n);
    expect(fixture.read(OFSR, { instance: 0, ris: 15 })).toBe(0n);
    expect(fixture.read(OFSR, { instance: 0, space: PartidSpace.secure })).toBe(0n);
  });

  it('show the resource instances, and that bandwidth monitors overflowed, until the last status is cleared', () => {
    const fixture = overflowedAt([
      [2, 1],
      [2, 7],
      [15, 0],
    ]);
    expect(fixture.read(OFLOW_SR)).toBe(0x40008004n);
    expect(fixture.read(OFLOW_SR, { space: PartidSpace.secure })).toBe(0n);
    fixture.write(CTL, EN, { ris: 2, instance: 1 });
    fixture.write(MBWU, 0, { ris: 15, instance: 0 });
    expect(fixture.read(OFLOW_SR)).toBe(0x40000004n);
    fixture.write(CTL, EN, { ris: 2, instance: 7 });
    expect(fixture.read(OFLOW_SR)).toBe(0n);
  });

  it('show an overflow of the long value, too', () => {
    const fixture = countingOf(0);
    fixture.write(LONG, LONG_END - 64n);
    move(fixture, 1);
    expect(fixture.read(OFSR)).toBe(1n);
    expect(fixture.read(OFLOW_SR)).toBe(0x40000001n);
  });

  it('are zero where the MSC does not have them', () => {
    for (const [features, front] of [
      [{ hasOfsr: false }, { hasOflowSr: false }],
      [{}, { version: 'v1.0' }],
    ] as const) {
      const fixture = countingOf(0, features, front);
      move(fixture, SHORT_END / 64);
      expect(fixture.read(CTL)).toBe(BigInt(EN + OFLOW_STATUS + TYPE));
      expect(fixture.read(OFSR)).toBe(0n);
      expect(fixture.read(OFLOW_SR)).toBe(0n);
    }
  });
});

describe('when to look for an overflow', () => {
  it('is when it could be there at the resource at its fastest', () => {
    const fixture = countingOf(0, { longBits: 0 });
    fixture.memory.rate = 1e9;
    fixture.write(MBWU, SHORT_END - 64 * 5000);
    expect(fixture.monitors.nextDueNs(0)).toBe(5000);
    fixture.nowNs = 3000;
    move(fixture, 1000);
    fixture.monitors.sync(3000);
    expect(fixture.monitors.nextDueNs(3000)).toBe(7000);
  });

  it('is never less than 1 us ahead, and comes to the overflow in few steps', () => {
    const fixture = countingOf(0, { longBits: 0 });
    fixture.memory.rate = 2e9;
    let looks = 0;
    while (fixture.happened().length === 0) {
      const dueNs = fixture.monitors.nextDueNs(fixture.nowNs);
      expect(dueNs).toBeGreaterThanOrEqual(fixture.nowNs + 1000);
      // The resource moves a line per ns, half of what it could.
      move(fixture, dueNs - fixture.nowNs);
      fixture.nowNs = dueNs;
      fixture.monitors.sync(dueNs);
      looks++;
    }
    expect(fixture.nowNs).toBeLessThan(SHORT_END / 64 + 1000);
    expect(looks).toBeLessThan(40);
  });

  it('is 1 us ahead where nobody knows how fast the resource is', () => {
    expect(countingOf(0).monitors.nextDueNs(5)).toBe(1005);
  });

  it('is never while it is disabled or frozen', () => {
    const fixture = countingOf(OFLOW_FRZ);
    move(fixture, SHORT_END / 64);
    fixture.monitors.sync(0);
    expect(fixture.monitors.nextDueNs(0)).toBe(Infinity);
    fixture.write(MBWU, 0);
    expect(fixture.monitors.nextDueNs(0)).toBe(1000);
    fixture.write(CTL, 0);
    expect(fixture.monitors.nextDueNs(0)).toBe(Infinity);
  });
});
