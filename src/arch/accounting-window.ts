/**
 * Lengths of accounting windows as MPAMCFG_MBW_WINWD holds them: microseconds in 16.8 fixed point (Arm IHI 0099 B.a; A 2.4).
 */
const PS_PER_US = 1_000_000;
const NS_PER_US = 1000;
const STEPS_PER_US = 256;

/** The largest MBW_WINWD: 1/256 us less than 65,536 us. */
export const WINWD_MAX = 2 ** 24 - 1;

/** The window that a value of MBW_WINWD stands for, ps, rounded down; of 0 it is the shortest there can be, 1 ps. */
export function windowPs(winwd: number): number {
  return Math.max(1, Math.floor((winwd * PS_PER_US) / STEPS_PER_US));
}

/** The value nearest to a window of `ns`. */
export function winwdOf(ns: number): number {
  return Math.round((ns * STEPS_PER_US) / NS_PER_US);
}

/** The largest value whose window is at most `ps` long; Infinity: any is. */
export function largestWinwd(ps: number): number {
  return Math.min(WINWD_MAX, Math.floor((ps * STEPS_PER_US) / PS_PER_US));
}

/** A value in microseconds. */
export function winwdUs(winwd: number): number {
  return winwd / STEPS_PER_US;
}
