import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EarliestTime } from '../../src/schedule/earliest-time.ts';

describe('the earliest of many timers', () => {
  it('is what a look at all of them finds, the lowest index among equals', () => {
    const change = fc.record({ timer: fc.nat(99), timeNs: fc.oneof(fc.nat(9), fc.constant(Number.POSITIVE_INFINITY)) });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.array(change, { maxLength: 300 }), (count, changes) => {
        const timers = new EarliestTime(count);
        const plain = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
        for (const { timer, timeNs } of changes) {
          timers.set(timer % count, timeNs);
          plain[timer % count] = timeNs;
          expect(timers.timeNs).toBe(Math.min(...plain));
          expect(timers.index).toBe(plain.indexOf(Math.min(...plain)));
        }
      }),
    );
  });

  it('is never, while none is set', () => {
    expect(new EarliestTime(3).timeNs).toBe(Number.POSITIVE_INFINITY);
    expect(new EarliestTime(0).timeNs).toBe(Number.POSITIVE_INFINITY);
  });
});
