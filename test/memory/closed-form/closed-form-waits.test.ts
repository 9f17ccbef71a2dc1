import { describe, expect, test } from 'vitest';
import { ClosedFormWaits, type PartitionLoad } from '../../../src/memory/closed-form/closed-form-waits.ts';

const CHANNEL = { servicePs: 2500, latencyPs: 100_000, waitMaxPs: 1_000_000_000 };

const load = (demand: number, more: Partial<PartitionLoad> = {}): PartitionLoad => ({
  demand,
  minimum: 0,
  maximum: 1,
  isHard: false,
  portions: 1,
  isNone: false,
  stride: 0,
  priority: 0,
  ...more,
});

const waitsOf = (loads: readonly PartitionLoad[]) => new ClosedFormWaits(CHANNEL).next(loads);

/** PEs with a number of requests under way each: what they ask for at a wait, and so where waits settle. */
function settle(outstanding: readonly number[], limits: readonly Partial<PartitionLoad>[], intervals = 400) {
  const model = new ClosedFormWaits(CHANNEL);
  const demandOf = (lines: number, waitPs: number): number =>
    (lines * CHANNEL.servicePs) / (CHANNEL.latencyPs + waitPs);
  let answers = model.next(outstanding.map((lines, index) => load(demandOf(lines, 0), limits[index])));
  for (let interval = 1; interval < intervals; interval++) {
    answers = model.next(outstanding.map((lines, i) => load(demandOf(lines, answers[i]!.waitPs), limits[i])));
  }
  return { answers, shares: outstanding.map((lines, i) => demandOf(lines, answers[i]!.waitPs)) };
}

describe('waits in closed form', () => {
  test.each([0.1, 0.3, 0.5, 0.8, 0.9])('one class at load %f waits as in M/D/1', (rho) => {
    const [answer] = waitsOf([load(rho)]);
    expect(answer!.waitPs).toBeCloseTo((CHANNEL.servicePs * rho) / (2 * (1 - rho)), -1);
  });

  test('two partitions of one class wait alike, for their load together', () => {
    const answers = waitsOf([load(0.2), load(0.6)]);
    expect(answers.map(({ waitPs }) => waitPs)).toEqual([5000, 5000]);
  });

  test('of two priorities the urgent one waits as in a server with priorities (Cobham)', () => {
    const [urgent, other] = waitsOf([load(0.3, { priority: 1 }), load(0.5)]);
    const residual = (0.8 * CHANNEL.servicePs) / 2;
    expect(urgent!.waitPs).toBeCloseTo(residual / 0.7, -1);
    expect(other!.waitPs).toBeCloseTo(residual / (0.7 * 0.2), -1);
  });

  test('when more is asked than there is, waits grow until it is all used and no more', () => {
    const { shares } = settle([64, 64], [{}, {}]);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 2);
    expect(shares[0]).toBeCloseTo(shares[1]!, 3);
  });

  test('who has more requests under way gets more, where nothing regulates', () => {
    const { shares } = settle([96, 32], [{}, {}]);
    expect(shares[0]! / shares[1]!).toBeCloseTo(3, 2);
  });

  test('a hard limit holds on an idle channel, and the wait is its own', () => {
    const { shares, answers } = settle([64], [{ maximum: 0.25, isHard: true }]);
    expect(shares[0]).toBeCloseTo(0.25, 3);
    expect(answers[0]!.heldPs).toBeGreaterThan(0.95 * answers[0]!.waitPs);
  });

  test('a hard limit settles and does not swing', () => {
    const last = [198, 199, 200].map(
      (intervals) => settle([64], [{ maximum: 0.25, isHard: true }], intervals).shares[0]!,
    );
    for (const share of last) expect(share).toBeCloseTo(0.25, 3);
  });

  test('above its minimum a partition competes like everybody else', () => {
    const { shares } = settle(
      [16, 16, 16].map((lines) => 8 * lines),
      [{ minimum: 0.6 }, {}, {}],
    );
    expect(shares[0]).toBeGreaterThan(0.6);
    expect(shares[0]).toBeLessThan(0.75);
    expect(shares[1]).toBeCloseTo(shares[2]!, 3);
    expect(shares[0]! + shares[1]! + shares[2]!).toBeCloseTo(1, 1);
  });

  test('a soft limit gives way on an idle channel', () => {
    const { shares } = settle([64], [{ maximum: 0.25 }]);
    expect(shares[0]).toBeGreaterThan(0.9);
  });

  test('a partition over its soft limit gets what others leave', () => {
    const { shares, answers } = settle([64, 16], [{ maximum: 0.25 }, {}]);
    expect(shares[1]).toBeGreaterThan(0.35);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 1);
    expect(answers[0]!.heldPs).toBe(0);
  });

  test('a minimum is met before others get anything', () => {
    const { shares } = settle([64, 640], [{ minimum: 0.4 }, {}]);
    expect(shares[0]).toBeGreaterThan(0.39);
  });

  test('strides 1 and 3 share 3 to 1', () => {
    const { shares } = settle([128, 128], [{ stride: 1 }, { stride: 3 }]);
    expect(shares[0]! / shares[1]!).toBeCloseTo(3, 1);
  });

  test('strides count before the channel is full: who stays below its share waits less than in the order of arrival', () => {
    // Two that can have half of the channel each collide; by 1/stride their shares are 0.8 and 0.2.
    const [fifo] = waitsOf([load(0.45), load(0.45)]);
    const [first, second] = waitsOf([load(0.45, { stride: 1 }), load(0.45, { stride: 4 })]);
    const residual = (0.9 * CHANNEL.servicePs) / 2;
    expect(first!.waitPs).toBeCloseTo(residual / (1 - 0.65), -1);
    const beyond = residual / ((1 - 0.65) * (1 - 0.9));
    expect(second!.waitPs).toBeCloseTo((0.2 * first!.waitPs + 0.25 * beyond) / 0.45, -1);
    // What the one gains the other loses (conservation law of work).
    expect((first!.waitPs + second!.waitPs) / 2).toBeCloseTo(fifo!.waitPs, -1);
  });

  test('strides 1 and 4 tell where both together just fill the channel', () => {
    const { shares } = settle([40, 40], [{ stride: 1 }, { stride: 4 }]);
    expect(shares[0]! / shares[1]!).toBeGreaterThan(2);
    expect(shares[0]! + shares[1]!).toBeGreaterThan(0.9);
  });

  test('time slots limit even an idle channel', () => {
    const { shares, answers } = settle([64], [{ portions: 0.125 }]);
    expect(shares[0]).toBeCloseTo(0.125, 3);
    expect(answers[0]!.heldPs).toBeGreaterThan(0.95 * answers[0]!.waitPs);
  });

  test('a disabled PARTID gets what everybody else leaves', () => {
    const { shares } = settle([20, 64], [{}, { isNone: true }]);
    expect(shares[0]).toBeGreaterThan(0.4);
    expect(shares[0]! + shares[1]!).toBeCloseTo(1, 1);
  });

  test('no wait is longer than the longest', () => {
    const model = new ClosedFormWaits(CHANNEL);
    let answers = model.next([load(50)]);
    for (let interval = 0; interval < 50; interval++) answers = model.next([load(50)]);
    expect(answers[0]!.waitPs).toBe(CHANNEL.waitMaxPs);
  });
});
