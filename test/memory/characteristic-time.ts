/**
 * Che's approximation for independent references: every line of rate r leaves the cache a characteristic time T after its
 * last use (LRU), or after an exponential time of mean T (random and FIFO); T is such that the cache is full.
 *
 * Source: known results T11, T11d (Che, Tung, Wang 2002; Fricker, Robert, Roberts 2012).
 */

export type Residence = (rateTimesT: number) => number;

/** The share of time that a line of rate r is in the cache, as a function of r T. */
export const lruResidence: Residence = (x) => 1 - Math.exp(-x);
export const randomResidence: Residence = (x) => x / (1 + x);

/** T for which the rates' residences add up to `capacity` lines, by bisection. */
export function characteristicTime(rates: readonly number[], capacity: number, residence: Residence): number {
  const held = (time: number): number => rates.reduce((sum, rate) => sum + residence(rate * time), 0);
  let [low, high] = [0, 1];
  while (held(high) < capacity) high *= 2;
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (held(middle) < capacity) low = middle;
    else high = middle;
  }
  return high;
}

/** Hit ratio of references with probabilities p to a cache of `capacity` lines. */
export function cheHitRatio(p: readonly number[], capacity: number, residence: Residence): number {
  const time = characteristicTime(p, capacity, residence);
  return p.reduce((sum, probability) => sum + probability * residence(probability * time), 0);
}
