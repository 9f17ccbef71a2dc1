/**
 * The order in which frames of physical memory are handed out: the n-th page that is touched gets frame
 * (n * factor + offset) mod frames, each frame once.
 */
import { randomStream } from '../../loop/random-stream.ts';
import { greatestCommonDivisor } from '../greatest-common-divisor.ts';
import type { Placement } from './stream-plan.ts';

/** 1 / golden ratio: multiples of it, without their whole parts, never come close to each other for long. */
const GOLDEN_SECTION = 0.6180339887498949;

export interface FrameOrder {
  /** Shares no divisor with the number of frames. */
  readonly factor: number;
  /** Below the number of frames. */
  readonly offset: number;
}

/** @param frames 1 to 2^32 - 1. */
export function frameOrder(placement: Placement, frames: number, seed: number): FrameOrder {
  if (placement === 'sequential') return { factor: 1, offset: 0 };
  let factor = Math.max(1, Math.floor(frames * GOLDEN_SECTION));
  while (greatestCommonDivisor(factor, frames) !== 1) factor++;
  return { factor, offset: randomStream(seed, 'frames', frames).below(frames) };
}
