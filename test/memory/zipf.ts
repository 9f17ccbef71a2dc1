/** Zipf popularity: the probabilities, and draws by Walker's alias method. */
import type { RandomStream } from '../../src/loop/random-stream.ts';

/** p_i proportional to 1 / i^exponent, i from 1 to count. */
export function zipf(count: number, exponent: number): number[] {
  const weights = Array.from({ length: count }, (_, i) => (i + 1) ** -exponent);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Draws i with probability p_i. */
export function sampler(p: readonly number[], random: RandomStream): () => number {
  const count = p.length;
  const share = p.map((probability) => probability * count);
  const alias = share.map((_, i) => i);
  const small = share.flatMap((value, i) => (value < 1 ? [i] : []));
  const large = share.flatMap((value, i) => (value < 1 ? [] : [i]));
  while (small.length > 0 && large.length > 0) {
    const [poor, rich] = [small.pop()!, large.at(-1)!];
    alias[poor] = rich;
    share[rich]! -= 1 - share[poor]!;
    if (share[rich]! < 1) small.push(large.pop()!);
  }
  return () => {
    const drawn = (random.uint32() / 2 ** 32) * count;
    const i = Math.floor(drawn);
    return drawn - i < share[i]! ? i : alias[i]!;
  };
}
