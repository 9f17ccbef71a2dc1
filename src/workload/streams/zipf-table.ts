/**
 * Zipf's law over the lines of a region, as a table for Walker's alias method: the line of rank r (from 1) is drawn with
 * probability r^-s / sum of k^-s.
 *
 * Everything comes from additions, multiplications and divisions of doubles, which are the same on every machine; powers
 * and logarithms are not (design section 5). From the weights on, the arithmetic is in integers: every line has a whole
 * number of shares, and the table hands out exactly these.
 */

import { ALIAS_BYTES, ALIAS_OTHER, ALIAS_THRESHOLD } from '../../loop/assembly/stream-layout.ts';
import type { RandomStream } from '../../loop/random-stream.ts';
import { shuffledLines } from './line-order.ts';

const WORDS_PER_ALIAS = ALIAS_BYTES >> 2;
const THRESHOLD_WORD = ALIAS_THRESHOLD >> 2;
const OTHER_WORD = ALIAS_OTHER >> 2;
const THRESHOLD_BITS = 32;
/** Shares add up to at most this many, so that a double counts them. */
const SHARES_BITS = 52;

/**
 * Make the alias table of a Zipf distribution, with ranks spread over the lines at random.
 * @param table two words for each line; their number tells the number of lines.
 * @param exponentMilli s in thousandths, 0 (uniform) or more.
 */
export function fillZipfTable(table: Uint32Array, exponentMilli: number, random: RandomStream): void {
  const lines = table.length / WORDS_PER_ALIAS;
  const lineOfRank = shuffledLines(lines, random);
  const sharesOfRank = wholeShares(zipfWeights(lines, exponentMilli));
  const shares = new Float64Array(lines);
  for (let rank = 0; rank < lines; rank++) shares[lineOfRank[rank]!] = sharesOfRank[rank]!;
  fillAliasTable(table, shares);
}

/** Weights of ranks 1 to `count`, that of rank 1 being 1. Relative errors stay below `count` * 2^-50. */
export function zipfWeights(count: number, exponentMilli: number): Float64Array {
  const exponent = exponentMilli / 1000;
  const weights = new Float64Array(count);
  weights[0] = 1;
  for (let rank = 2; rank <= count; rank++) {
    weights[rank - 1] = weights[rank - 2]! * powerBelowOne(1 / rank, exponent);
  }
  return weights;
}

/** (1 - x)^exponent for 0 < x <= 1/2 by the binomial series, as far as it changes a double. */
function powerBelowOne(x: number, exponent: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; ; k++) {
    term *= ((k - 1 - exponent) / k) * x;
    const next = sum + term;
    if (next === sum) return sum;
    sum = next;
  }
}

/**
 * Turn falling weights into whole shares, `sharesPerEntry` for every entry on average; the first entry takes what rounding
 * leaves. A weight below one share is never drawn: with 2^20 lines that is a probability below 2^-52.
 */
function wholeShares(weights: Float64Array): Float64Array {
  let weightSum = 0;
  for (let at = weights.length - 1; at >= 0; at--) weightSum += weights[at]!;
  const total = weights.length * sharesPerEntry(weights.length);
  let left = total;
  const shares = weights.map((weight) => {
    const share = Math.floor((weight / weightSum) * total);
    left -= share;
    return share;
  });
  shares[0]! += left;
  return shares;
}

/** A power of two: as many shares as a threshold tells apart, or as a double can count. */
function sharesPerEntry(entries: number): number {
  const entryBits = 32 - Math.clz32(entries - 1);
  return 2 ** Math.min(THRESHOLD_BITS, SHARES_BITS - entryBits);
}

/**
 * Walker's alias method, in the order of Vose (1991): an entry with too few shares is filled up by one with too many. As the
 * shares are whole and add up exactly, those that are left in the end are exactly full.
 */
function fillAliasTable(table: Uint32Array, shares: Float64Array): void {
  const full = sharesPerEntry(shares.length);
  const thresholdPerShare = 2 ** THRESHOLD_BITS / full;
  const poor = new Uint32Array(shares.length);
  const rich = new Uint32Array(shares.length);
  let poorCount = 0;
  let richCount = 0;
  for (let entry = 0; entry < shares.length; entry++) {
    if (shares[entry]! < full) poor[poorCount++] = entry;
    else rich[richCount++] = entry;
  }
  while (poorCount > 0) {
    const entry = poor[--poorCount]!;
    const giver = rich[richCount - 1]!;
    writeAlias(table, entry, shares[entry]! * thresholdPerShare, giver);
    shares[giver]! -= full - shares[entry]!;
    if (shares[giver]! < full) {
      poor[poorCount++] = giver;
      richCount--;
    }
  }
  while (richCount > 0) {
    const entry = rich[--richCount]!;
    writeAlias(table, entry, 0, entry);
  }
}

function writeAlias(table: Uint32Array, entry: number, threshold: number, other: number): void {
  table[entry * WORDS_PER_ALIAS + THRESHOLD_WORD] = threshold;
  table[entry * WORDS_PER_ALIAS + OTHER_WORD] = other;
}
