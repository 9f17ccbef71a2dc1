/**
 * The tables that patterns look places up in: alias tables of Zipf distributions and cycles of pointer chases. They are
 * large, so all components with the same number of lines (and exponent) share one, each rotated to a place of its own.
 */
import { ALIAS_BYTES } from '../../loop/assembly/stream-layout.ts';
import { randomStream } from '../../loop/random-stream.ts';
import type { PatternSpec } from '../workload.ts';
import { fillCycle } from './line-order.ts';
import { fillZipfTable } from './zipf-table.ts';

const SUCCESSOR_BYTES = 4;

export type PatternTable =
  | { readonly kind: 'zipf'; readonly lines: number; readonly exponentMilli: number }
  | { readonly kind: 'pointer-chase'; readonly lines: number };

/** Collects the tables of a machine. */
export class PatternTables {
  readonly #indexes = new Map<string, number>();
  readonly #tables: PatternTable[] = [];

  /** In the order in which they were met. */
  get tables(): readonly PatternTable[] {
    return this.#tables;
  }

  /** Index of the pattern's table, made if nobody has used it yet; undefined if the pattern needs none. */
  use(pattern: PatternSpec, lines: number): number | undefined {
    if (pattern.kind !== 'zipf' && pattern.kind !== 'pointer-chase') return undefined;
    const table: PatternTable = { ...pattern, lines };
    const key = JSON.stringify([pattern, lines]);
    const index = this.#indexes.get(key) ?? this.#tables.length;
    this.#indexes.set(key, index);
    this.#tables[index] = table;
    return index;
  }
}

export function tableBytes(table: PatternTable): number {
  return table.lines * (table.kind === 'zipf' ? ALIAS_BYTES : SUCCESSOR_BYTES);
}

/** Make the table in place: `tableBytes` of it. The random streams depend on the seed and the number of lines alone. */
export function fillTable(words: Uint32Array, table: PatternTable, seed: number): void {
  const random = randomStream(seed, table.kind, table.lines);
  if (table.kind === 'zipf') fillZipfTable(words, table.exponentMilli, random);
  else fillCycle(words, random);
}
