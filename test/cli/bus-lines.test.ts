/** How the bus cuts its input into lines. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LINE_BYTES_MAX, LineSplitter } from '../../src/cli/bus/line-splitter.ts';

/** Lines as text; what is no line as the name of what it is. */
function split(pieces: readonly Buffer[]): string[] {
  const splitter = new LineSplitter();
  const lines = pieces.flatMap((piece) => [...splitter.split(piece)]);
  const last = splitter.end();
  return [...lines, ...(last === undefined ? [] : [last])].map((line) =>
    line.kind === 'line' ? `"${line.text}"` : line.kind,
  );
}

test.each([
  ['a\nb\n', ['"a"', '"b"']],
  ['a\r\nb\r\n', ['"a"', '"b"']],
  ['\n\r\n', ['""', '""']],
  ['a\nhalf', ['"a"', 'cut-off']],
  ['', []],
  [`${'x'.repeat(LINE_BYTES_MAX)}\n`, [`"${'x'.repeat(LINE_BYTES_MAX)}"`]],
  [`${'x'.repeat(LINE_BYTES_MAX + 1)}\nb\n`, ['too-long', '"b"']],
  ['x'.repeat(LINE_BYTES_MAX + 9), ['cut-off']],
])('%j is cut into its lines', (text, lines) => {
  expect(split([Buffer.from(text)])).toEqual(lines);
});

test('lines do not depend on how the stream comes in pieces', () => {
  const part = fc.oneof(
    fc.constantFrom('\n', '\r\n', '\r', 'pe 0 state', 'ü', '\u0000'),
    fc.integer({ min: LINE_BYTES_MAX - 3, max: LINE_BYTES_MAX + 3 }).map((length) => 'y'.repeat(length)),
  );
  const stream = fc.array(part, { maxLength: 20 }).map((parts) => Buffer.from(parts.join('')));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(), { maxLength: 10 }), (bytes, cuts) => {
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const pieces = ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
      expect(split(pieces)).toEqual(split([bytes]));
    }),
  );
});
