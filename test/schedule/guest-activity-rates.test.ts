import { describe, expect, it } from 'vitest';
import type { GuestActivityRates } from '../../src/schedule/guest-activity/rates.ts';
import { model, registryOf, sched } from './modelled-recordings.ts';
import type { Row } from './schedule-rows.ts';

describe('the rates', () => {
  const registry = registryOf(1);
  const lastNs = 40_000_000_000;
  const rates: GuestActivityRates = {
    guestRunMeanNs: 150_000,
    handlingMeanNs: 4_000,
    vmmMeanNs: 25_000,
    el0MeanNs: 50_000,
    el1MeanNs: 20_000,
    hypercallsPerThousandExits: 2_300,
    exitReasons: [
      { reason: 'IRQ', weight: 70, toVmmPerThousand: 0, vmmReason: 'KVM_EXIT_INTR' },
      { reason: 'DABT_LOW', weight: 30, toVmmPerThousand: 400, vmmReason: 'KVM_EXIT_MMIO' },
      { reason: 'SMC64', weight: 0, toVmmPerThousand: 0, vmmReason: 'KVM_EXIT_UNKNOWN' },
    ],
  };
  const recording = Array.from({ length: 2 }, (_, at) =>
    sched(registry, at * lastNs, 0, at * 100, 'R', 100 - at * 100),
  );
  const rows = model(registry, recording, { ratesOf: () => rates });
  const count = (kind: Row['kind'], text?: string): number => {
    return rows.filter((row) => row.kind === kind && (text === undefined || registry.texts[row.detail] === text))
      .length;
  };
  /** Sum and number of the times from rows of one kind to the next row of the other kinds. */
  const meanNsFrom = (from: (row: Row) => boolean, to: readonly Row['kind'][]): number => {
    let [sum, number, sinceNs] = [0, 0, -1];
    for (const row of rows) {
      if (sinceNs >= 0 && to.includes(row.kind)) {
        sum += row.timeNs - sinceNs;
        number++;
        sinceNs = -1;
      }
      if (from(row)) sinceNs = row.timeNs;
    }
    return sum / number;
  };
  const exits = count('guestExit');

  it('set the mean time in the guest between exits', () => {
    expect(exits).toBeGreaterThan(200_000);
    expect(meanNsFrom((row) => row.kind === 'guestEntry', ['guestExit']) / rates.guestRunMeanNs).toBeCloseTo(1, 2);
  });

  it('set the share of each exit reason, and how many of them reach the VMM', () => {
    expect(count('guestExit', 'DABT_LOW') / exits).toBeCloseTo(0.3, 2);
    expect(count('guestExit', 'SMC64')).toBe(0);
    expect(count('kvmRunExit', 'KVM_EXIT_MMIO') / count('guestExit', 'DABT_LOW')).toBeCloseTo(0.4, 2);
    expect(count('kvmRunExit')).toBe(count('kvmRunExit', 'KVM_EXIT_MMIO'));
    expect(count('kvmRunEnter')).toBe(count('kvmRunExit'));
  });

  it('set the mean handling and VMM times', () => {
    const handlingNs = meanNsFrom((row) => row.kind === 'guestExit', ['guestEntry', 'kvmRunExit']);
    expect(handlingNs / rates.handlingMeanNs).toBeCloseTo(1, 1.7);
    expect(meanNsFrom((row) => row.kind === 'kvmRunExit', ['kvmRunEnter']) / rates.vmmMeanNs).toBeCloseTo(1, 1.7);
  });

  it('set the number of hypercalls per exit', () => {
    expect(count('hypercall') / exits).toBeCloseTo(2.3, 2);
  });

  it('divide guest time between EL0 and EL1', () => {
    let el0Ns = 0;
    let guestNs = 0;
    let [el, sinceNs, isIn] = [1, 0, false];
    for (const row of rows) {
      if (isIn) {
        guestNs += row.timeNs - sinceNs;
        if (el === 0) el0Ns += row.timeNs - sinceNs;
      }
      sinceNs = row.timeNs;
      if (row.kind === 'guestEntry') isIn = true;
      if (row.kind === 'guestExit') isIn = false;
      if (row.kind === 'guestEl') el = row.detail;
    }
    expect(el0Ns / guestNs).toBeCloseTo(50 / 70, 2);
  });
});
