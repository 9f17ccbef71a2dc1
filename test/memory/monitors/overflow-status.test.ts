/** MSMON_OFLOW_SR of many instances, more than there are owners: overflows show at once, in whichever order things happen. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MscRegister } from '../../../src/arch/msc-registers.ts';
import { EN, MATCH_PARTID } from './control-fields.ts';
import { ALL_MBWU, MonitorFixture, NS } from './monitor-fixture.ts';

const {
  MSMON_CFG_MBWU_FLT: FLT,
  MSMON_CFG_MBWU_CTL: CTL,
  MSMON_MBWU: MBWU,
  MSMON_OFLOW_SR: OFLOW_SR,
  MSMON_MBWU_OFSR: OFSR,
} = MscRegister;

const PARTIDS = 3;
const INSTANCES = 12;
const RIS = [0, 2];
const LINE = 64;
/** MSMON_MBWU is 31 bits wide. */
const SIZE = 2 ** 31;
/** OFLOW_SR.MBWU_OFLOW_PND (A 2.5). */
const MBWU_OFLOW_PND = 2 ** 30;
/** A line in a microsecond. */
const LINES_PER_SECOND = 1e6;

/** An instance that sees every line. */
interface Seen {
  readonly ris: number;
  readonly instance: number;
  partid: number;
  value: number;
  isPending: boolean;
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('move' as const), partid: fc.nat(2), lines: fc.nat(40) }) },
  fc.record({ do: fc.constant('set' as const), which: fc.nat(23), linesBelow: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ do: fc.constant('filter' as const), which: fc.nat(23), partid: fc.nat(2) }),
  fc.record({ do: fc.constant('look' as const) }),
);

class Watched {
  readonly fixture = new MonitorFixture({ mbwu: { ...ALL_MBWU, numMon: INSTANCES }, ris: RIS });
  readonly seen: Seen[] = [];

  constructor() {
    const { memory } = this.fixture;
    memory.rate = LINES_PER_SECOND;
    for (let partid = 0; partid < PARTIDS; partid++) memory.addOwner({ partid });
    for (const ris of RIS) {
      for (let instance = 0; instance < INSTANCES; instance++) {
        this.seen.push({ ris, instance, partid: 0, value: 0, isPending: false });
        this.fixture.write(CTL, EN + MATCH_PARTID, { ris, instance });
      }
    }
  }

  move(partid: number, lines: number): void {
    this.fixture.memory.reads[partid]! += lines;
    for (const one of this.seen.filter((each) => each.partid === partid)) {
      one.value += lines * LINE;
      one.isPending ||= one.value >= SIZE;
      one.value %= SIZE;
    }
  }

  /** Writing the value clears the status. */
  set(which: number, linesBelow: number): void {
    const one = this.seen[which]!;
    Object.assign(one, { value: SIZE - linesBelow * LINE, isPending: false });
    this.fixture.write(MBWU, one.value, one);
  }

  filter(which: number, partid: number): void {
    this.seen[which]!.partid = partid;
    this.fixture.write(FLT, partid, this.seen[which]!);
  }

  get expectedStatus(): number {
    const pending = this.seen.filter(({ isPending }) => isPending).map(({ ris }) => 2 ** ris);
    return pending.length === 0 ? 0 : MBWU_OFLOW_PND + [...new Set(pending)].reduce((sum, bit) => sum + bit, 0);
  }
}

it('shows the resources with overflows pending, at any time', () => {
  const run = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const watched = new Watched();
    for (const each of steps) {
      if (each.do === 'move') watched.move(each.partid, each.lines);
      if (each.do === 'set') watched.set(each.which, each.linesBelow);
      if (each.do === 'filter') watched.filter(each.which, each.partid);
      if (each.do === 'look') expect(Number(watched.fixture.read(OFLOW_SR))).toBe(watched.expectedStatus);
    }
    expect(Number(watched.fixture.read(OFLOW_SR))).toBe(watched.expectedStatus);
    for (const ris of RIS) {
      const bits = watched.seen.filter((one) => one.ris === ris && one.isPending).map(({ instance }) => 2 ** instance);
      expect(Number(watched.fixture.read(OFSR, { ris }))).toBe(bits.reduce((sum, bit) => sum + bit, 0));
    }
  });
  fc.assert(run, { numRuns: 300 });
});

it('nobody has to look before the resource can have moved as many lines as the nearest overflow is away', () => {
  const watched = new Watched();
  const { fixture } = watched;
  watched.set(5, 5000);
  watched.filter(5, 1);
  fixture.monitors.sync(0);
  expect(fixture.monitors.nextDueNs(0)).toBe(5_000_000);
  watched.move(0, 3000); // somebody else's
  fixture.nowNs = 4_000_000;
  fixture.monitors.sync(fixture.nowNs);
  expect(fixture.monitors.nextDueNs(fixture.nowNs)).toBeLessThanOrEqual(9_000_000);
  watched.move(1, 4999);
  fixture.nowNs = 9_000_000;
  fixture.monitors.sync(fixture.nowNs);
  expect(fixture.happened()).toEqual([]);
  expect(fixture.monitors.nextDueNs(fixture.nowNs)).toBe(9_001_000); // no sooner than 1 us
  watched.move(1, 1);
  fixture.monitors.sync(9_001_000);
  expect(fixture.happened()).toEqual(['overflow of mbwu 0/1/5 at 0x0']);
});

it('an overflow in one PARTID space does not show in another', () => {
  const watched = new Watched();
  watched.set(13, 1);
  watched.move(0, 1);
  const statuses = [0, NS, 2, 3].map((space) => Number(watched.fixture.read(OFLOW_SR, { space })));
  expect(statuses).toEqual([0, MBWU_OFLOW_PND + 2 ** 2, 0, 0]);
});
