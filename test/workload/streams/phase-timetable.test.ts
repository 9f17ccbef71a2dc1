import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhaseTimetable } from '../../../src/workload/streams/phase-timetable.ts';

const timetable = (...lengths: readonly number[]) => new PhaseTimetable(lengths.map((lengthNs) => ({ lengthNs })));

describe('a timetable of phases', () => {
  it('goes through the phases and starts again', () => {
    const table = timetable(20, 10, 5);
    expect([0, 19, 20, 29, 30, 34, 35, 55, 69, 70].map((time) => table.phaseAt(time))).toEqual([
      0, 0, 1, 1, 2, 2, 0, 1, 2, 0,
    ]);
  });

  it('stays in a last phase without end', () => {
    const table = timetable(20, Number.POSITIVE_INFINITY);
    expect([0, 19, 20, 1e15].map((time) => table.phaseAt(time))).toEqual([0, 0, 1, 1]);
    expect([0, 19, 20].map((time) => table.nextChangeNs(time))).toEqual([20, 20, Number.POSITIVE_INFINITY]);
  });

  it('of one phase never changes', () => {
    expect(timetable(7).nextChangeNs(3)).toBe(Number.POSITIVE_INFINITY);
    expect(timetable(7).phaseAt(1234)).toBe(0);
  });

  it('leaves out phases that last no time', () => {
    expect([0, 5, 9, 10].map((time) => timetable(5, 0, 5).phaseAt(time))).toEqual([0, 2, 2, 0]);
  });

  it('refuses phases that last no time at all', () => {
    expect(() => timetable()).toThrow(/last 0 ns/);
    expect(() => timetable(0, 0)).toThrow(/last 0 ns/);
  });

  it('says at every moment what a walk from change to change says', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(lengths, fc.integer({ min: 0, max: 20_000 }), (each, time) => {
        const table = timetable(...each);
        let [start, at] = [0, 0];
        while (start + each[at % each.length]! <= time) start += each[at++ % each.length]!;
        expect(table.phaseAt(time)).toBe(at % each.length);
        expect(table.nextChangeNs(time)).toBe(start + each[at % each.length]!);
      }),
      { seed: 6 },
    );
  });
});
