import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '../../../src/loop/random-stream.ts';
import { fillCycle, shuffledLines } from '../../../src/workload/streams/line-order.ts';
import { fillZipfTable, zipfWeights } from '../../../src/workload/streams/zipf-table.ts';

/** Probability of each line in 2^-32 of an entry: what its own entry leaves it, and what others' entries give it. */
function sharesOf(table: Uint32Array): bigint[] {
  const lines = table.length / 2;
  const shares = new Array<bigint>(lines).fill(0n);
  for (let entry = 0; entry < lines; entry++) {
    const own = BigInt(table[2 * entry]!);
    shares[entry]! += own;
    shares[table[2 * entry + 1]!]! += 2n ** 32n - own;
  }
  return shares;
}

function zipfTable(lines: number, exponentMilli: number): Uint32Array {
  const table = new Uint32Array(2 * lines);
  fillZipfTable(table, exponentMilli, randomStream(1, 'zipf'));
  return table;
}

describe('zipf weights', () => {
  it('are powers of the rank', () => {
    const exponents = fc.integer({ min: 0, max: 5000 });
    fc.assert(
      fc.property(exponents, fc.integer({ min: 1, max: 3000 }), (exponentMilli, count) => {
        const weights = zipfWeights(count, exponentMilli);
        return weights.every((weight, at) => {
          const expected = (at + 1) ** (-exponentMilli / 1000);
          return Math.abs(weight / expected - 1) < 1e-11;
        });
      }),
      { seed: 6, numRuns: 50 },
    );
  });
});

describe('a zipf table', () => {
  it.each([
    [1, 900],
    [2, 1000],
    [3, 0],
    [100, 800],
    [5000, 900],
    [20_000, 600],
    [4096, 3000],
  ])(
    'of %i lines and exponent %i/1000 gives every line its share, to 2^-32 of an average line',
    (lines, exponentMilli) => {
      const shares = sharesOf(zipfTable(lines, exponentMilli)).sort((a, b) => (a < b ? 1 : -1));
      expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(BigInt(lines) << 32n);
      const weights = shares.map((_, rank) => (rank + 1) ** (-exponentMilli / 1000));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      shares.forEach((share, rank) => {
        const expected = (weights[rank]! / total) * lines * 2 ** 32;
        // One share for rounding down; the hottest line takes what all others lost.
        expect(Math.abs(Number(share) - expected)).toBeLessThan((rank === 0 ? lines : 1) + expected * 1e-9 + 1);
      });
    },
  );

  it('of millions of lines still adds up', () => {
    const shares = sharesOf(zipfTable(2 ** 21 + 1, 700));
    expect(shares.reduce((sum, share) => sum + share, 0n)).toBe(BigInt(2 ** 21 + 1) << 32n);
    expect(shares.every((share) => share > 0n)).toBe(true);
  });
});

describe('orders of lines', () => {
  it('a shuffle has every line once, wherever it may be', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = [...shuffledLines(3, randomStream(seed, 'shuffle'))].join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['0,1,2', '0,2,1', '1,0,2', '1,2,0', '2,0,1', '2,1,0']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000 * (5 / 6)));
  });

  it('a cycle is one, and any cycle is as likely', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const successors = new Uint32Array(4);
      fillCycle(successors, randomStream(seed, 'cycle'));
      const round = [successors[0]!];
      for (let i = 0; i < 3; i++) round.push(successors[round.at(-1)!]!);
      expect(round.at(-1)).toBe(0);
      counts.set(round.join(), (counts.get(round.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * Math.sqrt(1000 * (5 / 6)));
  });
});
