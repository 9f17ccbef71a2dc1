/** What a bandwidth usage monitor counts, in what units and how far (A 4.1, 4.3, K 4). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartidSpace } from '../../../src/arch/label.ts';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import { MonitorKind } from '../../../src/loop/event-row.ts';
import type { MbwuFeatures, MscFrontFeatures } from '../../../src/memory/msc-config.ts';
import { EN, MATCH_PARTID, MATCH_PMG, NRDY, OFLOW_FRZ, OFLOW_STATUS, SCLEN } from './control-fields.ts';
import { ALL_MBWU, MonitorFixture, NS, textOf } from './monitor-fixture.ts';

const { MSMON_CFG_MBWU_FLT: FLT, MSMON_CFG_MBWU_CTL: CTL, MSMON_MBWU: MBWU, MSMON_MBWU_L: LONG } = MscRegister;

/** One owner, PARTID 0 and PMG 0 of the Non-secure space. */
function mbwuOf(
  features: Partial<MbwuFeatures> = {},
  front: Partial<MscFrontFeatures> = {},
  lineBytes = 64,
): MonitorFixture {
  const fixture = new MonitorFixture({ mbwu: { ...ALL_MBWU, ...features }, front, lineBytes });
  fixture.memory.addOwner({});
  return fixture;
}

describe('the filter of a bandwidth monitor', () => {
  const LABELS = [
    { partid: 5, pmg: 0 },
    { partid: 5, pmg: 1 },
    { partid: 6, pmg: 0 },
    { partid: 6, pmg: 1 },
    { space: PartidSpace.secure, partid: 5, pmg: 1 },
  ];

  it.each([
    ['neither: all of the PARTID space', 0, 1111],
    ['MATCH_PARTID: the PARTID with any PMG', MATCH_PARTID, 11],
    ['both: the one group', MATCH_PARTID + MATCH_PMG, 10],
    ['MATCH_PMG alone: the PMG of any PARTID', MATCH_PMG, 1010],
  ])('matches by %s', (_, match, lines) => {
    const fixture = mbwuOf();
    const owners = LABELS.map((label) => fixture.memory.addOwner(label));
    fixture.write(FLT, 5 + 2 ** 16);
    fixture.write(CTL, EN + match);
    for (const [i, owner] of owners.entries()) fixture.memory.reads[owner] = 10 ** i;
    expect(fixture.read(MBWU)).toBe(BigInt(lines * 64));
    expect(fixture.read(LONG)).toBe(BigInt(lines * 64));
  });

  it.each([
    ['00 both directions', 0, 11],
    ['01 writes only', 1, 10],
    ['10 reads only', 2, 1],
    ['11, which is reserved, both directions', 3, 11],
  ])('has a direction, RWBW %s', (_, rwbw, lines) => {
    const fixture = mbwuOf();
    fixture.write(FLT, rwbw * 2 ** 30);
    fixture.write(CTL, EN);
    fixture.memory.reads[0] = 1;
    fixture.memory.writes[0] = 10;
    expect(fixture.read(MBWU)).toBe(BigInt(lines * 64));
  });

  it('counts what an owner moved that nobody knew when the monitor was enabled', () => {
    const fixture = mbwuOf();
    fixture.write(FLT, 9);
    fixture.write(CTL, EN + MATCH_PARTID);
    expect(fixture.read(MBWU)).toBe(0n);
    fixture.memory.reads[fixture.memory.addOwner({ partid: 9 })] = 3;
    expect(fixture.read(MBWU)).toBe(192n);
  });

  it('that changes leaves the value as it is, and the new filter counts from then on', () => {
    const fixture = mbwuOf();
    const other = fixture.memory.addOwner({ partid: 1 });
    fixture.write(CTL, EN + MATCH_PARTID);
    fixture.memory.reads[0] = 4;
    fixture.memory.reads[other] = 100;
    fixture.write(FLT, 1);
    fixture.memory.reads[0] += 50;
    fixture.memory.reads[other] += 2;
    expect(fixture.read(MBWU)).toBe(6n * 64n);
  });

  it('matches by the new labels once PARTID translation has changed, and what was counted stays', () => {
    const fixture = mbwuOf();
    fixture.write(FLT, 7);
    fixture.write(CTL, EN + MATCH_PARTID);
    fixture.memory.reads[0] = 5;
    fixture.monitors.relabel(() => fixture.memory.relabel(0, { partid: 7 }));
    expect(fixture.read(MBWU)).toBe(0n);
    fixture.memory.reads[0] += 2;
    fixture.monitors.relabel(() => fixture.memory.relabel(0, { partid: 8 }));
    fixture.memory.reads[0] += 4;
    expect(fixture.read(MBWU)).toBe(128n);
  });
});

describe('the value of a bandwidth monitor', () => {
  it('collects nothing while EN is 0, and keeps what it has', () => {
    const fixture = mbwuOf();
    fixture.memory.reads[0] = 3;
    expect(fixture.read(MBWU)).toBe(0n);
    fixture.write(CTL, EN);
    fixture.memory.reads[0] += 1;
    fixture.write(CTL, 0);
    fixture.memory.reads[0] += 5;
    expect(fixture.read(MBWU)).toBe(64n);
    fixture.write(CTL, EN);
    fixture.memory.reads[0] += 1;
    expect(fixture.read(MBWU)).toBe(128n);
  });

  it('goes on from what is written, each width on its own', () => {
    const fixture = mbwuOf();
    fixture.write(CTL, EN);
    fixture.memory.reads[0] = 2;
    fixture.write(MBWU, 1000);
    fixture.memory.reads[0] += 1;
    expect(fixture.read(MBWU)).toBe(1064n);
    expect(fixture.read(LONG)).toBe(192n);
    fixture.write(LONG, 0x123456789abcdef0n);
    fixture.memory.reads[0] += 1;
    expect(fixture.read(MBWU)).toBe(1128n);
    expect(fixture.read(LONG)).toBe(0x123456789abcdf30n);
  });

  it('tells what it held before a write, not what it held when somebody last looked', () => {
    const fixture = mbwuOf();
    fixture.write(CTL, EN);
    fixture.events.length = 0;
    fixture.memory.reads[0] = 2;
    fixture.write(MBWU, 7);
    expect(fixture.events.map(textOf)).toEqual([`register ${MBWU}.0 of 0/${NS}/0: 0x80 to 0x7`]);
  });

  it.each([
    ['31 bits', MBWU, 2n ** 31n],
    ['63 bits', LONG, 2n ** 63n],
  ])('of %s wraps to what the increment left over', (_, register, end) => {
    const fixture = mbwuOf();
    fixture.write(CTL, EN);
    fixture.write(register, end - 64n - 1n);
    fixture.memory.reads[0] = 1;
    expect(fixture.read(register)).toBe(end - 1n);
    fixture.memory.reads[0] += 1;
    expect(fixture.read(register)).toBe(63n);
  });

  it('of 44 bits wraps at 2^44', () => {
    const fixture = mbwuOf({ longBits: 44 });
    fixture.write(CTL, EN);
    fixture.write(LONG, 2n ** 44n - 64n);
    fixture.memory.reads[0] = 3;
    expect(fixture.read(LONG)).toBe(128n);
  });

  it.each([1, 3, 6, 7, 12, 31])(
    'with SCLEN is bytes >> %i rounded to nearest, halves up; the long one is not scaled',
    (scale) => {
      fc.assert(
        fc.property(fc.array(fc.nat(2 ** 38), { minLength: 1, maxLength: 5 }), (bursts) => {
          const fixture = mbwuOf({ scale });
          fixture.write(CTL, EN + SCLEN);
          let bytes = 0n;
          for (const lines of bursts) {
            fixture.memory.reads[0]! += lines;
            bytes += BigInt(lines) * 64n;
            const size = 1n << BigInt(scale);
            expect(fixture.read(MBWU)).toBe(((bytes + size / 2n) / size) % 2n ** 31n);
            expect(fixture.read(LONG)).toBe(bytes);
          }
        }),
      );
    },
  );

  it('stays as it is when scaling is switched on or off', () => {
    const fixture = mbwuOf({ scale: 8 });
    fixture.write(CTL, EN);
    fixture.memory.reads[0] = 3;
    fixture.write(CTL, EN + SCLEN);
    expect(fixture.read(MBWU)).toBe(192n);
    fixture.memory.reads[0] += 4;
    expect(fixture.read(MBWU)).toBe(193n);
    fixture.write(CTL, EN);
    expect(fixture.read(MBWU)).toBe(193n);
  });

  it.each([
    [64, 1n],
    [128, 2n],
    [32, 1n],
  ])(
    'counts requests of 64 bytes at every width where T241-MPAM-6 is on: a line of %i bytes is %i',
    (lineBytes, units) => {
      for (const longBits of [44, 63] as const) {
        const fixture = mbwuOf({ longBits }, { quirks: ['T241-MPAM-6'] }, lineBytes);
        fixture.write(CTL, EN);
        fixture.memory.reads[0] = 10;
        fixture.memory.writes[0] = 1;
        expect(fixture.read(MBWU)).toBe(11n * units);
        expect(fixture.read(LONG)).toBe(11n * units);
        expect(fixture.monitors.exactBytes(MonitorKind.mbwu, NS, 0, 0)).toBe(11 * lineBytes);
      }
    },
  );

  it('stands for 64 times as many bytes as are written where T241-MPAM-6 is on', () => {
    const fixture = mbwuOf({}, { quirks: ['T241-MPAM-6'] });
    fixture.write(CTL, EN);
    fixture.write(MBWU, 100);
    fixture.memory.reads[0] = 1;
    expect(fixture.read(MBWU)).toBe(101n);
    expect(fixture.monitors.exactBytes(MonitorKind.mbwu, NS, 0, 0)).toBe(101 * 64);
  });

  it('has the exact bytes beside it, whatever width, scale, unit and freezing make of them', () => {
    const fixture = mbwuOf({ scale: 8 });
    const exact = (kind: MonitorKind): number => fixture.monitors.exactBytes(kind, NS, 0, 0);
    fixture.write(CTL, EN + OFLOW_FRZ);
    fixture.memory.reads[0] = 2 ** 27;
    expect([exact(MonitorKind.mbwu), exact(MonitorKind.mbwuLong)]).toEqual([2 ** 33, 2 ** 33]);
    fixture.write(MBWU, 100);
    fixture.memory.reads[0] += 1;
    expect([exact(MonitorKind.mbwu), exact(MonitorKind.mbwuLong)]).toEqual([164, 2 ** 33 + 64]);
    fixture.write(CTL, EN + SCLEN);
    fixture.write(MBWU, 100);
    fixture.memory.reads[0] += 1;
    expect(exact(MonitorKind.mbwu)).toBe(100 * 256 + 64);
    expect(fixture.monitors.exactBytes(MonitorKind.mbwu, NS, 0, 1)).toBe(0);
  });
});

describe('NRDY of a bandwidth monitor', () => {
  it('is a bit that software may use as it likes where settling takes no time', () => {
    const fixture = mbwuOf();
    fixture.write(CTL, EN);
    fixture.write(MBWU, NRDY);
    expect(fixture.read(MBWU)).toBe(BigInt(NRDY));
    fixture.write(FLT, 1);
    expect(fixture.read(LONG)).toBe(0n);
    expect(fixture.happened()).toEqual([]);
  });

  it('is set in both widths by a change of settings, and each is cleared by software alone', () => {
    const fixture = mbwuOf({}, { nrdyNs: 100 });
    fixture.write(CTL, EN);
    expect(fixture.happened()).toEqual([
      `notReady of mbwu 0/${NS}/0 at 0x8000000000000000`,
      `notReady of mbwu_l 0/${NS}/0 at 0x8000000000000000`,
    ]);
    fixture.nowNs = 1_000_000;
    fixture.write(MBWU, 0);
    expect(fixture.read(MBWU)).toBe(0n);
    expect(fixture.read(LONG)).toBe(2n ** 63n);
    fixture.write(CTL, EN);
    expect(fixture.read(MBWU)).toBe(0n);
    fixture.write(FLT, 1);
    expect(fixture.read(MBWU)).toBe(BigInt(NRDY));
    expect(fixture.happened()).toEqual([`notReady of mbwu 0/${NS}/0 at 0x8000000000000000`]);
  });

  it('is not set when software writes the overflow status, which is no setting', () => {
    const fixture = mbwuOf({}, { nrdyNs: 100 });
    fixture.write(CTL, OFLOW_STATUS);
    fixture.write(CTL, 0);
    expect(fixture.read(MBWU)).toBe(0n);
    expect(fixture.happened()).toEqual([]);
  });
});
