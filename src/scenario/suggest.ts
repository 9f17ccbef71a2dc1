/** "Did you mean ...": the known word that a mistyped one was most likely meant to be. */

/** Longer words are names that people chose, not slips of a known word. */
const LENGTH_MAX = 40;

/** The closest candidate within about one slip in three letters, or undefined. Ties go to the first candidate. */
export function closestWord(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length > LENGTH_MAX) return undefined;
  const wanted = normalized(word);
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  for (const candidate of candidates) {
    if (candidate.length > LENGTH_MAX) continue;
    const distance = editDistance(wanted, normalized(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A hint for a word that is not among the known ones; names them all if they are few. */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  const closest = closestWord(word, candidates);
  if (closest !== undefined) return `did you mean ${closest}?`;
  return candidates.length === 0 ? undefined : `known: ${listed(candidates)}`;
}

/** A list for a message, cut where it stops being readable. */
export function listed(words: readonly string[], max = 12): string {
  if (words.length <= max) return words.join(', ');
  return `${words.slice(0, max).join(', ')} and ${words.length - max} more`;
}

/** `a, b or c` */
export function alternatives(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Case and the choice between `-` and `_` are the commonest slips and cost nothing. */
function normalized(word: string): string {
  return word.toLowerCase().replaceAll('-', '_');
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1);
      let distance = Math.min(replaced, previous[column]! + 1, current[column - 1]! + 1);
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) distance = Math.min(distance, beforePrevious[column - 2]! + 1);
      current.push(distance);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
