/**
 * xoroshiro128+ (Blackman, Vigna 2018; shifts 24, 16, 37), the generator of loop/random-stream.ts: 16 bytes of state.
 */

/** The next 32 upper bits; the lower ones of this generator are weak. */
@inline
export function nextRandom(state: usize): u32 {
  const first = load<u64>(state);
  const second = load<u64>(state, 8);
  const mixed = first ^ second;
  store<u64>(state, rotl(first, 24) ^ mixed ^ (mixed << 16));
  store<u64>(state, rotl(mixed, 37), 8);
  return ((first + second) >> 32) as u32;
}

/** 0 to count - 1, by multiplication: no value is favoured by more than count in 2^32. */
@inline
export function randomBelow(state: usize, count: u32): u32 {
  return (((nextRandom(state) as u64) * (count as u64)) >> 32) as u32;
}
