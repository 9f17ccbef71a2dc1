/** Who captures on which event, and what overflows do to others (A 4.1, 4.2). */
import { describe, expect, it } from 'vitest';
import { PartidSpace } from '../../../src/arch/label.ts';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import { MonitorKind } from '../../../src/loop/event-row.ts';
import {
  CAPT_RESET,
  CEVNT_OFLW,
  captEvnt,
  EN,
  NRDY,
  OFLOW_CAPT,
  OFLOW_CAPT_L,
  OFLOW_FRZ,
  OFLOW_INTR,
  OFLOW_INTR_L,
  OFLOW_STATUS,
  OFLOW_STATUS_L,
  oflowLnkg,
} from './control-fields.ts';
import { ALL_CSU, ALL_MBWU, type At, MonitorFixture, NS } from './monitor-fixture.ts';

const {
  MSMON_CFG_CSU_CTL: CSU_CTL,
  MSMON_CSU_CAPTURE: CSU_CAPTURE,
  MSMON_CFG_MBWU_CTL: CTL,
  MSMON_MBWU: MBWU,
  MSMON_MBWU_CAPTURE: CAPTURE,
  MSMON_MBWU_L: LONG,
  MSMON_MBWU_L_CAPTURE: LONG_CAPTURE,
} = MscRegister;

const { secure, nonSecure, root, realm } = PartidSpace;
const SPACES = [secure, nonSecure, root, realm];
const TYPE = 0x42;
const SHORT_END = 2 ** 31;

/** An owner of PARTID 0 in each space, by the space's code. */
function fixtureOf(hasLocalCaptEvnt = true): MonitorFixture {
  const fixture = new MonitorFixture({ csu: ALL_CSU, mbwu: ALL_MBWU, ris: [0, 1], front: { hasLocalCaptEvnt } });
  for (const space of [0, 1, 2, 3]) fixture.memory.addOwner({ space });
  return fixture;
}

/** Instances 0 of all spaces listen to an event; whose value of 1 was captured then. */
function capturedIn(fixture: MonitorFixture, event: number, raise: () => void): number[] {
  for (const space of SPACES) {
    fixture.write(MBWU, 1, { space });
    fixture.write(CTL, EN + captEvnt(event), { space });
  }
  raise();
  return SPACES.filter((space) => fixture.read(CAPTURE, { space }) === 1n);
}

describe('a capture event', () => {
  it.each([
    [secure, false, [secure]],
    [secure, true, [secure, nonSecure]],
    [nonSecure, false, [nonSecure]],
    [nonSecure, true, [nonSecure]],
    [realm, false, [realm]],
    [realm, true, [nonSecure, realm]],
    [root, false, [root]],
    [root, true, SPACES],
  ])('that is local to space %i, with ALL %s, reaches spaces %j', (space, all, reached) => {
    const fixture = fixtureOf();
    expect(capturedIn(fixture, 7, () => fixture.monitors.captureLocal(space, all))).toEqual(reached);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'that is external, number %i, reaches all spaces, and only who listens to it',
    (event) => {
      const fixture = fixtureOf();
      fixture.write(MBWU, 1, { instance: 9 });
      fixture.write(CTL, EN + captEvnt((event % 6) + 1), { instance: 9 });
      expect(capturedIn(fixture, event, () => fixture.monitors.captureExternal(event))).toEqual(SPACES);
      expect(fixture.read(CAPTURE, { instance: 9 })).toBe(0n);
    },
  );

  it('is not raised locally by an MSC that has no local ones', () => {
    const fixture = fixtureOf(false);
    expect(capturedIn(fixture, 7, () => fixture.monitors.captureLocal(root, true))).toEqual([]);
  });

  it('copies the register with NRDY, then clears NRDY, then resets the value if CAPT_RESET says so', () => {
    for (const [reset, left] of [
      [0, 640n],
      [CAPT_RESET, 0n],
    ] as const) {
      const fixture = fixtureOf();
      fixture.write(MBWU, NRDY);
      fixture.write(CTL, EN + captEvnt(3) + reset);
      fixture.memory.reads[NS] = 10;
      fixture.monitors.captureExternal(3);
      expect(fixture.read(CAPTURE)).toBe(BigInt(NRDY + 640));
      expect(fixture.read(LONG_CAPTURE)).toBe(640n);
      expect([fixture.read(MBWU), fixture.read(LONG)]).toEqual([left, left]);
      expect(fixture.happened()).toEqual([
        `capture of mbwu 0/${NS}/0 at 0x8000000000000280 by 3`,
        `ready of mbwu 0/${NS}/0 at 0x${left.toString(16)} by 3`,
        `capture of mbwu_l 0/${NS}/0 at 0x280 by 3`,
      ]);
    }
  });

  it('reaches both types and all resource instances, CSU first, then by RIS and number', () => {
    const fixture = fixtureOf();
    for (const at of [{ ris: 1 }, { instance: 2 }, { instance: 1 }]) {
      fixture.write(CTL, captEvnt(1), at);
      fixture.write(CSU_CTL, captEvnt(1), at);
    }
    fixture.monitors.captureExternal(1);
    const places = [`0/${NS}/1`, `0/${NS}/2`, `1/${NS}/0`];
    expect(fixture.happened()).toEqual([
      ...places.map((place) => `capture of csu ${place} at 0x0 by 1`),
      ...places.flatMap((place) => ['mbwu', 'mbwu_l'].map((kind) => `capture of ${kind} ${place} at 0x0 by 1`)),
    ]);
  });
});

describe('a linked overflow', () => {
  /** Instance 0 overflows at the first line of the Non-secure space, and raises event 4. */
  function linkedOf(control = OFLOW_INTR + oflowLnkg(4)): MonitorFixture {
    const fixture = fixtureOf();
    fixture.write(CTL, EN + control);
    fixture.write(MBWU, SHORT_END - 64);
    return fixture;
  }

  function overflow(fixture: MonitorFixture): void {
    fixture.memory.reads[NS]! += 1;
    fixture.monitors.sync(0);
  }

  const other: At = { instance: 1, ris: 1 };

  it('makes others of its space capture that listen to the event, of both types and all resource instances', () => {
    const fixture = linkedOf();
    fixture.memory.occupied[NS] = 2;
    fixture.write(CTL, EN + captEvnt(4), other);
    fixture.write(MBWU, 5, other);
    fixture.write(CSU_CTL, EN + captEvnt(4), other);
    fixture.write(CTL, EN + captEvnt(5), { instance: 2 });
    fixture.write(MBWU, 5, { instance: 2 });
    fixture.write(CTL, EN + captEvnt(4), { space: secure });
    fixture.write(MBWU, 5, { space: secure });
    overflow(fixture);
    expect(fixture.read(CAPTURE, other)).toBe(69n);
    expect(fixture.read(CSU_CAPTURE, other)).toBe(128n);
    expect(fixture.read(CAPTURE, { instance: 2 })).toBe(0n);
    expect(fixture.read(CAPTURE, { space: secure })).toBe(0n);
    expect(fixture.read(CTL, other)).toBe(BigInt(EN + captEvnt(4) + TYPE));
  });

  it.each([
    ['OFLOW_INTR is 0', oflowLnkg(4)],
    ['only OFLOW_INTR_L is 1', OFLOW_INTR_L + oflowLnkg(4)],
    ['OFLOW_LNKG is 0', OFLOW_INTR],
    ['OFLOW_LNKG is 7, which is reserved', OFLOW_INTR + oflowLnkg(7)],
  ])('raises no event when %s', (_, control) => {
    const fixture = linkedOf(control);
    fixture.write(CTL, EN + captEvnt(4), other);
    fixture.write(CTL, EN + captEvnt(7), { instance: 2 });
    overflow(fixture);
    expect(fixture.happened().filter((told) => told.startsWith('capture'))).toEqual([]);
  });

  it('of the long value raises its event with OFLOW_INTR_L', () => {
    const fixture = fixtureOf();
    fixture.write(CTL, EN + OFLOW_INTR_L + oflowLnkg(4));
    fixture.write(LONG, 2n ** 63n - 64n);
    fixture.write(CTL, EN + captEvnt(4), other);
    overflow(fixture);
    expect(fixture.read(CAPTURE, other)).toBe(64n);
  });

  it('does not capture in the instance that raised the event', () => {
    const fixture = linkedOf(OFLOW_INTR + oflowLnkg(4) + captEvnt(4));
    overflow(fixture);
    expect(fixture.happened().filter((told) => told.startsWith('capture'))).toEqual([]);
  });

  it('is noticed before anything that it changed is read', () => {
    const fixture = linkedOf();
    fixture.write(CTL, EN + captEvnt(4), other);
    fixture.memory.reads[NS]! += 1;
    expect(fixture.read(CAPTURE, other)).toBe(64n);
  });

  it('is noticed before the truth is told of what it reset', () => {
    const fixture = linkedOf();
    fixture.write(CTL, EN + captEvnt(4) + CAPT_RESET, other);
    fixture.memory.reads[NS]! += 1;
    expect(fixture.monitors.exactBytes(MonitorKind.mbwu, NS, 1, 1)).toBe(0);
  });

  it('is noticed before settings are written that it finds', () => {
    const fixture = linkedOf();
    fixture.write(CTL, EN + captEvnt(4), other);
    fixture.memory.reads[NS]! += 1;
    fixture.write(CTL, EN, other);
    expect(fixture.read(CAPTURE, other)).toBe(64n);
  });

  it('comes before a capture event that is raised later', () => {
    const fixture = linkedOf();
    fixture.write(CTL, EN + captEvnt(4), { instance: 1 });
    fixture.write(CTL, 0);
    fixture.write(CTL, EN + OFLOW_INTR + oflowLnkg(4), { instance: 2 });
    fixture.write(MBWU, SHORT_END - 64, { instance: 2 });
    fixture.memory.reads[NS]! += 1;
    fixture.monitors.captureExternal(4);
    expect(fixture.happened().map((told) => told.split(' at ')[0])).toEqual([
      `overflow of mbwu 0/${NS}/2`,
      `interrupt by mbwu 0/${NS}/2`,
      ...['mbwu', 'mbwu_l', 'mbwu', 'mbwu_l'].map((kind) => `capture of ${kind} 0/${NS}/1`),
    ]);
  });

  it('that freezes both leaves nothing to look for', () => {
    const fixture = linkedOf(OFLOW_INTR + OFLOW_FRZ + oflowLnkg(4));
    fixture.write(CTL, EN + captEvnt(4) + CEVNT_OFLW + OFLOW_FRZ, other);
    overflow(fixture);
    expect(fixture.monitors.nextDueNs(0)).toBe(Infinity);
  });

  it('is an overflow of those with CEVNT_OFLW = 1: status, freeze, capture and reset as they are configured', () => {
    const fixture = linkedOf();
    const control = EN + captEvnt(4) + CEVNT_OFLW + OFLOW_FRZ + OFLOW_CAPT + CAPT_RESET + OFLOW_INTR;
    fixture.write(CTL, control, other);
    fixture.write(MBWU, 5, other);
    fixture.happened();
    overflow(fixture);
    expect(fixture.happened()).toEqual([
      `overflow of mbwu 0/${NS}/0 at 0x0`,
      `interrupt by mbwu 0/${NS}/0`,
      `overflow of mbwu 1/${NS}/1 at 0x45 by 4`,
      `capture of mbwu 1/${NS}/1 at 0x45 by 4`,
      `interrupt by mbwu 1/${NS}/1`,
      `overflow of mbwu_l 1/${NS}/1 at 0x40 by 4`,
    ]);
    expect(fixture.read(CTL, other)).toBe(BigInt(control + OFLOW_STATUS + OFLOW_STATUS_L + TYPE));
    overflow(fixture);
    expect([fixture.read(MBWU, other), fixture.read(LONG, other)]).toEqual([0n, 64n]);
    expect([fixture.read(CAPTURE, other), fixture.read(LONG_CAPTURE, other)]).toEqual([69n, 0n]);
  });

  it('that stands for an overflow of another is not passed on by that', () => {
    const fixture = linkedOf();
    fixture.write(CTL, EN + captEvnt(4) + CEVNT_OFLW + OFLOW_INTR + OFLOW_INTR_L + oflowLnkg(5), other);
    fixture.write(CTL, EN + captEvnt(5), { instance: 2 });
    overflow(fixture);
    expect(fixture.happened().filter((told) => told.startsWith('capture'))).toEqual([]);
  });
});

describe('CEVNT_OFLW', () => {
  it('with OFLOW_FRZ freezes what has not overflowed, and leaves nothing to look for', () => {
    const fixture = fixtureOf();
    fixture.write(CTL, EN + captEvnt(1) + CEVNT_OFLW + OFLOW_FRZ);
    fixture.memory.reads[NS] = 3;
    fixture.monitors.captureExternal(1);
    expect(fixture.monitors.nextDueNs(0)).toBe(Infinity);
    fixture.memory.reads[NS] = 9;
    expect([fixture.read(MBWU), fixture.read(LONG)]).toEqual([192n, 192n]);
  });

  it('makes an overflow of any capture event that the instance listens to', () => {
    const fixture = fixtureOf();
    fixture.write(CTL, EN + captEvnt(7) + CEVNT_OFLW + OFLOW_CAPT_L);
    fixture.memory.reads[NS] = 3;
    fixture.monitors.captureLocal(NS, false);
    expect(fixture.read(CTL)).toBe(
      BigInt(EN + captEvnt(7) + CEVNT_OFLW + OFLOW_CAPT_L + OFLOW_STATUS + OFLOW_STATUS_L + TYPE),
    );
    expect([fixture.read(CAPTURE), fixture.read(LONG_CAPTURE)]).toEqual([0n, 192n]);
  });
});

describe('a capture', () => {
  const told = ({ events }: MonitorFixture): readonly unknown[] =>
    events.splice(0).map((event) => {
      if (event.type !== 'register') return event.type;
      const { register, word, oldValue, newValue } = event.change;
      return [register, word, oldValue, newValue];
    });

  it('of a counter changes its capture register, both halves of a long one, after the event and before NRDY goes', () => {
    const fixture = new MonitorFixture({ mbwu: ALL_MBWU, front: { nrdyNs: 1000 } });
    fixture.write(CTL, EN + captEvnt(3));
    fixture.write(LONG, 0x5_0000_0007n);
    fixture.events.length = 0;
    fixture.monitors.captureExternal(3);
    expect(told(fixture)).toEqual([
      'capture',
      [CAPTURE, 0, 0, NRDY],
      'ready',
      'capture',
      [LONG_CAPTURE, 0, 0, 7],
      [LONG_CAPTURE, 1, 0, 5],
    ]);
    expect([fixture.read(CAPTURE), fixture.read(LONG_CAPTURE)]).toEqual([BigInt(NRDY), 0x5_0000_0007n]);
    fixture.monitors.captureExternal(3);
    expect(told(fixture)).toEqual(['capture', [CAPTURE, 0, NRDY, 0], 'capture']);
  });

  it('of a cache changes its capture register, if it holds another value then', () => {
    const fixture = new MonitorFixture({ csu: ALL_CSU });
    fixture.write(CSU_CTL, captEvnt(2));
    fixture.write(MscRegister.MSMON_CSU, 640);
    fixture.events.length = 0;
    fixture.monitors.captureExternal(2);
    expect(told(fixture)).toEqual(['capture', [CSU_CAPTURE, 0, 0, 640]]);
    fixture.monitors.captureExternal(2);
    expect(told(fixture)).toEqual(['capture']);
  });
});
