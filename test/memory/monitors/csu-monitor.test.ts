/** What a cache storage usage monitor measures, and how it settles (A 4.1, 4.4, 4.5, K 4; A 7 #3). */
import { describe, expect, it } from 'vitest';
import { PartidSpace } from '../../../src/arch/label.ts';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import { MonitorKind } from '../../../src/loop/event-row.ts';
import type { MscFrontFeatures } from '../../../src/memory/msc-config.ts';
import { CAPT_RESET, captEvnt, EN, MATCH_PARTID, MATCH_PMG, NRDY } from './control-fields.ts';
import { ALL_CSU, MonitorFixture, NS, textOf } from './monitor-fixture.ts';

const { MSMON_CFG_CSU_FLT: FLT, MSMON_CFG_CSU_CTL: CTL, MSMON_CSU: CSU, MSMON_CSU_CAPTURE: CAPTURE } = MscRegister;

const XCL = 2 ** 31;

/** One owner of PARTID 0, with 10 lines of which 3 are modified. */
function csuOf(front: Partial<MscFrontFeatures> = {}): MonitorFixture {
  const fixture = new MonitorFixture({ csu: ALL_CSU, front });
  fixture.memory.addOwner({});
  fixture.memory.occupied[0] = 10;
  fixture.memory.modified[0] = 3;
  return fixture;
}

describe('a cache storage monitor', () => {
  it.each([
    ['neither: all of the PARTID space', 0, 1111],
    ['MATCH_PARTID: the PARTID with any PMG', MATCH_PARTID, 11],
    ['both: the one group', MATCH_PARTID + MATCH_PMG, 10],
    ['MATCH_PMG alone: the PMG of any PARTID', MATCH_PMG, 1010],
  ])('matches by %s', (_, match, lines) => {
    const fixture = new MonitorFixture({ csu: ALL_CSU });
    const labels = [
      { partid: 5, pmg: 0 },
      { partid: 5, pmg: 1 },
      { partid: 6, pmg: 0 },
      { partid: 6, pmg: 1 },
      { space: PartidSpace.secure, partid: 5, pmg: 1 },
    ];
    for (const [i, label] of labels.entries()) fixture.memory.occupied[fixture.memory.addOwner(label)] = 10 ** i;
    fixture.write(FLT, 5 + 2 ** 16);
    fixture.write(CTL, EN + match);
    expect(fixture.read(CSU)).toBe(BigInt(lines * 64));
  });

  it('rises and falls with what is held', () => {
    const fixture = csuOf();
    fixture.write(CTL, EN);
    expect(fixture.read(CSU)).toBe(640n);
    fixture.memory.occupied[0] = 4;
    expect(fixture.read(CSU)).toBe(256n);
    fixture.memory.occupied[fixture.memory.addOwner({ partid: 1 })] = 2;
    expect(fixture.read(CSU)).toBe(384n);
  });

  it('with XCL measures modified lines only', () => {
    const fixture = csuOf();
    fixture.write(FLT, XCL);
    fixture.write(CTL, EN);
    expect(fixture.read(CSU)).toBe(192n);
    expect(fixture.monitors.exactBytes(MonitorKind.csu, NS, 0, 0)).toBe(192);
  });

  it('while disabled keeps what it measured last, or what is written', () => {
    const fixture = csuOf();
    expect(fixture.read(CSU)).toBe(0n);
    fixture.write(CTL, EN);
    fixture.write(CTL, 0);
    fixture.memory.occupied[0] = 4;
    expect(fixture.read(CSU)).toBe(640n);
    fixture.write(CSU, 77);
    expect(fixture.read(CSU)).toBe(77n);
    expect(fixture.monitors.exactBytes(MonitorKind.csu, NS, 0, 0)).toBe(256);
  });

  it('while enabled overwrites at once what is written, and tells of no change', () => {
    const fixture = csuOf();
    fixture.write(CTL, EN);
    fixture.events.length = 0;
    fixture.write(CSU, 77);
    expect(fixture.read(CSU)).toBe(640n);
    expect(fixture.events).toEqual([]);
  });

  it('stays at its largest value when more is held than it can show', () => {
    const fixture = csuOf();
    fixture.memory.occupied[0] = 2 ** 26;
    fixture.write(CTL, EN);
    expect(fixture.read(CSU)).toBe(2n ** 31n - 1n);
    expect(fixture.monitors.exactBytes(MonitorKind.csu, NS, 0, 0)).toBe(2 ** 32);
  });

  it('matches by the new labels once PARTID translation has changed', () => {
    const fixture = csuOf();
    fixture.write(CTL, EN + MATCH_PARTID);
    expect(fixture.read(CSU)).toBe(640n);
    fixture.monitors.relabel(() => fixture.memory.relabel(0, { partid: 1 }));
    expect(fixture.read(CSU)).toBe(0n);
  });

  it('that is reset by a capture measures on', () => {
    const fixture = csuOf();
    fixture.write(CTL, EN + captEvnt(1) + CAPT_RESET);
    fixture.monitors.captureExternal(1);
    expect(fixture.read(CAPTURE)).toBe(640n);
    expect(fixture.read(CSU)).toBe(640n);
    fixture.write(CTL, captEvnt(1) + CAPT_RESET);
    fixture.monitors.captureExternal(1);
    expect(fixture.read(CSU)).toBe(0n);
  });
});

describe('NRDY of a cache storage monitor', () => {
  const notReady = (at: string): string => `notReady of csu 0/${NS}/0 at 0x${at}`;

  it('sticks as software writes it where settling takes no time, which is how Linux finds out', () => {
    const fixture = csuOf();
    fixture.write(CSU, NRDY);
    expect(fixture.read(CSU)).toBe(BigInt(NRDY));
    fixture.write(CSU, 0);
    expect(fixture.read(CSU)).toBe(0n);
  });

  it('cannot be written where hardware manages it', () => {
    const fixture = csuOf({ nrdyNs: 500 });
    fixture.write(CSU, NRDY);
    expect(fixture.read(CSU)).toBe(0n);
  });

  it('is set by a change of settings; the value is the old one until the monitor has settled', () => {
    const fixture = csuOf({ nrdyNs: 500 });
    fixture.write(CSU, 5);
    fixture.write(CTL, EN);
    expect(fixture.read(CSU)).toBe(BigInt(NRDY + 5));
    expect(fixture.monitors.nextDueNs(0)).toBe(500);
    fixture.nowNs = 499;
    expect(fixture.read(CSU)).toBe(BigInt(NRDY + 5));
    fixture.nowNs = 500;
    fixture.monitors.sync(500);
    expect(fixture.happened()).toEqual([notReady('8000000000000005'), `ready of csu 0/${NS}/0 at 0x280`]);
    expect(fixture.read(CSU)).toBe(640n);
    expect(fixture.monitors.nextDueNs(500)).toBe(Infinity);
  });

  it('ends when somebody reads, if that comes first', () => {
    const fixture = csuOf({ nrdyNs: 500 });
    fixture.write(CTL, EN);
    fixture.nowNs = 800;
    expect(fixture.monitors.nextDueNs(800)).toBe(1800);
    expect(fixture.read(CSU)).toBe(640n);
    expect(fixture.happened()).toEqual([notReady('8000000000000000'), `ready of csu 0/${NS}/0 at 0x280`]);
  });

  it('is told once for changes that follow each other, and lasts from the latest', () => {
    const fixture = csuOf({ nrdyNs: 500 });
    fixture.write(FLT, 1);
    fixture.nowNs = 300;
    fixture.write(CTL, EN);
    fixture.nowNs = 700;
    expect(fixture.read(CSU)).toBe(BigInt(NRDY));
    fixture.nowNs = 800;
    expect(fixture.read(CSU)).toBe(640n);
    expect(fixture.happened()).toHaveLength(2);
  });

  it('is not set by a write that changes no setting', () => {
    const fixture = csuOf({ nrdyNs: 500 });
    fixture.write(FLT, 0);
    fixture.write(CTL, 0);
    expect(fixture.events).toEqual([]);
  });

  it('is captured, and cleared by that', () => {
    const fixture = csuOf({ nrdyNs: 500 });
    fixture.write(CTL, EN + captEvnt(2));
    fixture.happened();
    fixture.monitors.captureExternal(2);
    expect(fixture.read(CAPTURE)).toBe(BigInt(NRDY));
    expect(fixture.read(CSU)).toBe(0n);
    expect(fixture.happened()).toEqual([
      `capture of csu 0/${NS}/0 at 0x8000000000000000 by 2`,
      `ready of csu 0/${NS}/0 at 0x0 by 2`,
    ]);
    fixture.nowNs = 500;
    expect(fixture.read(CSU)).toBe(640n);
    expect(fixture.happened()).toEqual([]);
  });

  it('never clears on a CMN-650 (3642720), though the value is right after the settling time', () => {
    const fixture = csuOf({ nrdyNs: 500, quirks: ['CMN-650-3642720'] });
    fixture.write(CTL, EN + captEvnt(1));
    fixture.nowNs = 1_000_000;
    fixture.monitors.sync(1_000_000);
    expect(fixture.read(CSU)).toBe(BigInt(NRDY + 640));
    fixture.monitors.captureExternal(1);
    expect(fixture.read(CSU)).toBe(BigInt(NRDY + 640));
    expect(fixture.monitors.nextDueNs(1_000_000)).toBe(Infinity);
    expect(fixture.happened().filter((told) => told.startsWith('ready'))).toEqual([]);
  });

  it('plays no part in what changes are told, but as bit 31 of the register', () => {
    const fixture = csuOf();
    fixture.write(CSU, NRDY + 9);
    expect(fixture.events.map(textOf)).toEqual([`register ${CSU}.0 of 0/${NS}/0: 0x0 to 0x80000009`]);
  });
});
