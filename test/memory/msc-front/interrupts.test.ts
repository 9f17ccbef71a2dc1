/** Error and overflow interrupts of an MSC: level-sensitive and edge-triggered wires, and messages (A 2.6, 4.2). */
import { describe, expect, it } from 'vitest';
import { InterruptCode, InterruptLevel } from '../../../src/loop/event-row.ts';
import { AT, type FrontFixture, frontOf, NS, S, sel } from './front-fixture.ts';

const { errorWired, errorMsi, overflowWired, overflowMsi } = InterruptCode;
const { low, high, edge } = InterruptLevel;

const told = ({ interrupts }: FrontFixture) => interrupts().map(({ code, level }) => [code, level]);

describe('a level-sensitive error interrupt', () => {
  it('is up while ERRCODE is not 0 and INTEN is 1', () => {
    const fixture = frontOf();
    const { front } = fixture;
    front.requestError(2, NS, 99, 0);
    expect(front.interruptLevel('error', NS)).toBe(false);
    front.write32(NS, AT.ECR, 1);
    expect(front.interruptLevel('error', NS)).toBe(true);
    front.requestError(2, NS, 99, 0);
    front.write32(NS, AT.ECR, 0);
    front.write32(NS, AT.ECR, 1);
    front.write32(NS, AT.ESR, 0);
    expect(front.interruptLevel('error', NS)).toBe(false);
    expect(told(fixture)).toEqual([high, low, high, low].map((level) => [errorWired, level]));
  });

  it('can be raised by software that writes an ERRCODE', () => {
    const fixture = frontOf();
    fixture.front.write32(NS, AT.ECR, 1);
    fixture.front.write32(NS, AT.ESR, 0x0c000000);
    expect(told(fixture)).toEqual([[errorWired, high]]);
  });

  it('is one for each PARTID space', () => {
    const { front } = frontOf();
    for (const space of [S, NS]) front.write32(space, AT.ECR, 1);
    front.requestError(2, S, 99, 0);
    expect([S, NS].map((space) => front.interruptLevel('error', space))).toEqual([true, false]);
  });
});

describe('an edge-triggered error interrupt', () => {
  it('comes with each error that hardware records while INTEN is 1, and not with what software writes', () => {
    const fixture = frontOf({ front: { interrupt: 'edge' } });
    const { front } = fixture;
    front.requestError(2, NS, 99, 0);
    front.write32(NS, AT.ECR, 1);
    front.write32(NS, AT.ESR, 0x0c000000);
    expect(told(fixture)).toEqual([]);
    front.requestError(2, NS, 99, 0);
    front.requestError(2, NS, 99, 0);
    expect(told(fixture)).toEqual([
      [errorWired, edge],
      [errorWired, edge],
    ]);
    expect(front.interruptLevel('error', NS)).toBe(false);
  });
});

describe('an error message', () => {
  it.each(['level', 'edge'] as const)('is sent for each error, and suppresses the wire (%s)', (interrupt) => {
    const fixture = frontOf({ front: { interrupt } });
    const { front } = fixture;
    front.write32(NS, AT.ERR_MSI_ADDR_L, 0xdeadbeef);
    front.write32(NS, AT.ERR_MSI_ADDR_H, 0xffffffff);
    front.write32(NS, AT.ERR_MSI_DATA, 0x1234);
    front.write32(NS, AT.ERR_MSI_ATTR, 1);
    front.write32(NS, AT.ECR, 1);
    front.requestError(2, NS, 99, 0);
    expect(fixture.interrupts()).toEqual([
      {
        type: 'interrupt',
        code: errorMsi,
        level: edge,
        space: NS,
        addressLo: 0xdeadbeec,
        addressHi: 0xfffff,
        data: 0x1234,
      },
    ]);
    front.write32(NS, AT.ESR, 0x01000000);
    expect(fixture.interrupts()).toHaveLength(1);
  });

  it('takes over from a wire that is up, and gives back to it', () => {
    const fixture = frontOf();
    fixture.front.write32(NS, AT.ECR, 1);
    fixture.front.requestError(2, NS, 99, 0);
    fixture.front.write32(NS, AT.ERR_MSI_ATTR, 1);
    fixture.front.write32(NS, AT.ERR_MSI_ATTR, 0);
    expect(told(fixture)).toEqual([high, low, high].map((level) => [errorWired, level]));
  });

  it('is not sent without HAS_ERR_MSI', () => {
    const fixture = frontOf({ front: { hasErrMsi: false } });
    fixture.front.write32(NS, AT.ERR_MSI_ATTR, 1);
    fixture.front.write32(NS, AT.ECR, 1);
    fixture.front.requestError(2, NS, 99, 0);
    expect(told(fixture)).toEqual([[errorWired, high]]);
  });
});

/** Start the short counter of an MBWU instance `bytes` before it overflows, with OFLOW_INTR. */
function aboutToOverflow({ front }: FrontFixture, instance: number, bytes: number): void {
  front.write32(NS, AT.MON_SEL, sel(instance));
  front.write32(NS, AT.MBWU_CTL, 0x82000000);
  front.write32(NS, AT.MBWU, 2 ** 31 - bytes);
}

describe('an overflow interrupt', () => {
  it('is up while an overflow that interrupted is pending, of whichever monitor', () => {
    const fixture = frontOf();
    const { front, count } = fixture;
    aboutToOverflow(fixture, 1, 64);
    aboutToOverflow(fixture, 3, 128);
    count(128);
    expect(told(fixture)).toEqual([[overflowWired, high]]);
    expect(front.read32(NS, AT.MBWU_OFSR)).toBe(0b1010);
    expect(front.read32(NS, AT.OFLOW_SR)).toBe(0x40000001);
    front.write32(NS, AT.MBWU_CTL, 0x82000000); // instance 3: OFLOW_STATUS = 0
    expect(front.interruptLevel('overflow', NS)).toBe(true);
    front.write32(NS, AT.MON_SEL, sel(1));
    front.write32(NS, AT.MBWU, 0); // clears the status, too
    expect(front.interruptLevel('overflow', NS)).toBe(false);
    expect(told(fixture)).toEqual([
      [overflowWired, high],
      [overflowWired, low],
    ]);
    expect(front.read32(NS, AT.OFLOW_SR)).toBe(0);
  });

  it('goes down with OFLOW_INTR', () => {
    const fixture = frontOf();
    aboutToOverflow(fixture, 0, 64);
    fixture.count(64);
    fixture.front.write32(NS, AT.MBWU_CTL, 0x84000000);
    expect(told(fixture)).toEqual([
      [overflowWired, high],
      [overflowWired, low],
    ]);
  });

  it('of the long counter is its own', () => {
    const fixture = frontOf();
    const { front, count } = fixture;
    front.write32(NS, AT.MBWU_CTL, 0x80004000); // EN, OFLOW_INTR_L
    front.write64(NS, AT.MBWU_L, 0xffffffc0, 0x7fffffff);
    count(64);
    expect(front.interruptLevel('overflow', NS)).toBe(true);
    front.write32(NS, AT.MBWU_CTL, 0x80004000); // OFLOW_STATUS_L = 0
    expect(front.interruptLevel('overflow', NS)).toBe(false);
  });

  it('is found cleared by the next look where nobody went through the page', () => {
    const fixture = frontOf();
    aboutToOverflow(fixture, 0, 64);
    fixture.count(64);
    fixture.monitors.write(27, NS, 0, 0, 0x82000000, 0, 'low');
    expect(fixture.front.interruptLevel('overflow', NS)).toBe(true);
    fixture.front.sync();
    expect(fixture.front.interruptLevel('overflow', NS)).toBe(false);
  });

  it('comes once per overflow where it is edge-triggered', () => {
    const fixture = frontOf({ front: { interrupt: 'edge' } });
    aboutToOverflow(fixture, 0, 64);
    aboutToOverflow(fixture, 1, 64);
    fixture.count(64);
    expect(told(fixture)).toEqual([
      [overflowWired, edge],
      [overflowWired, edge],
    ]);
  });

  it('is a message where MSIEN is 1, even without a wire', () => {
    const fixture = frontOf({ front: { hasOflowInterrupt: false } });
    const { front, count } = fixture;
    front.write32(NS, AT.OFLOW_MSI_DATA, 42);
    front.write32(NS, AT.OFLOW_MSI_ATTR, 1);
    aboutToOverflow(fixture, 0, 64);
    count(64);
    expect(fixture.interrupts()).toMatchObject([{ code: overflowMsi, level: edge, data: 42 }]);
  });

  it('does not come with NO_HW_OFLW_INTR and without messages', () => {
    const fixture = frontOf({ front: { hasOflowInterrupt: false, hasOflwMsi: false } });
    aboutToOverflow(fixture, 0, 64);
    fixture.count(64);
    expect(fixture.interrupts()).toEqual([]);
    expect(fixture.front.interruptLevel('overflow', NS)).toBe(false);
  });
});
