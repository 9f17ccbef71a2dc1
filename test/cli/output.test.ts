/** How results are printed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLines } from '../../src/cli/output/csv.ts';
import { bytes, count, percent, rate, seconds } from '../../src/cli/output/format.ts';
import { jsonLines } from '../../src/cli/output/json-rows.ts';
import { type Cell, table, tableLines } from '../../src/cli/output/table.ts';

describe('numbers', () => {
  it.each([
    ['a count of nothing is 0', count(0), '0'],
    ['a large count has its thousands in groups', count(1234567), '1,234,567'],
    ['the start of a run is 0 s', seconds(0), '0.000 s'],
    ['a time in whole milliseconds has three decimals', seconds(1_500_000_000), '1.500 s'],
    ['a time in whole microseconds has six', seconds(20_002_706_000), '20.002706 s'],
    ['a time loses no nanosecond', seconds(250), '0.000000250 s'],
    ['no share is 0.0 %', percent(0), '0.0 %'],
    ['a whole share is 100.0 %', percent(1), '100.0 %'],
    ['a share has one decimal', percent(0.187), '18.7 %'],
    ['a tiny share does not look like none', percent(0.0001), '<0.1 %'],
    ['an almost whole share does not look whole', percent(0.99999), '>99.9 %'],
    ['a small size is in bytes', bytes(512), '512 B'],
    ['a larger size is in powers of 1024', bytes(1536), '1.5 KiB'],
    ['a rate has three significant digits', rate(1_234_567), '1.23 M/s'],
    ['a low rate is a whole number', rate(12), '12 /s'],
  ])('%s', (_sentence, shown, expected) => {
    expect(shown).toBe(expected);
  });
});

describe('a table', () => {
  it('aligns columns of numbers to the right and others to the left', () => {
    expect(
      table(
        ['name', 'ns'],
        [
          ['a', 5],
          ['bcdef', 1234],
        ],
      ).split('\n'),
    ).toEqual(['name     ns', 'a         5', 'bcdef  1234']);
  });

  it('keeps control characters of stored texts away from the terminal', () => {
    expect(table(['x'], [['a\u001b[31mb\nc']])).toBe('x\na [31mb c');
  });

  it('shows every row, beyond those that set the widths too', () => {
    const rows = Array.from({ length: 2500 }, (_, row): Cell[] => [row]);
    expect([...tableLines(['row'], rows)].slice(1).map(Number)).toEqual(rows.map(([row]) => row));
  });
});

describe('JSON rows', () => {
  it('are one valid document, empty or not', () => {
    const cell = fc.oneof(fc.string(), fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell)), (rows) => {
        const parsed = JSON.parse([...jsonLines(['a', 'b'], rows)].join('\n'));
        expect(parsed).toEqual(rows.map(([a, b]) => ({ a, b })));
      }),
    );
  });
});

describe('CSV', () => {
  it('gives every text back to a reader of RFC 4180', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('a,b', 'say "x"', 'two\nlines', ''));
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const [, ...read] = readCsv(`${[...csvLines(['a', 'b'], rows)].join('\n')}\n`);
        expect(read).toEqual(rows);
      }),
    );
  });
});

/** A reader written from RFC 4180: quoted fields double their quotes; records end with a line feed. */
function readCsv(text: string): string[][] {
  const records: string[][] = [];
  let record: string[] = [];
  let at = 0;
  while (at < text.length) {
    let field = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++;
        field += text[at];
      }
      at++;
    } else {
      while (text[at] !== ',' && text[at] !== '\n') field += text[at++];
    }
    record.push(field);
    if (text[at++] === '\n') {
      records.push(record);
      record = [];
    }
  }
  return records;
}
