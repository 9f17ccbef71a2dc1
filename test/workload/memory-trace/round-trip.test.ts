/** What is written in a format is read back, wherever the bytes are cut and batches end. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TRACE_FORMATS } from '../../../src/workload/memory-trace/trace-formats.ts';
import { type Access, cut, decodeChunks } from './decode-trace.ts';
import { someAccesses, WRITERS } from './write-trace.ts';

const address = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: 0n, max: 2n ** 34n }),
  fc.constantFrom(0n, 0xffffffffn, 0x100000000n, 2n ** 63n, 2n ** 64n - 1n),
);
const access: fc.Arbitrary<Access> = fc.record({
  address,
  size: fc.oneof(fc.constantFrom(1, 4, 8, 64), fc.nat({ max: 0xffff })),
  kind: fc.constantFrom('read', 'write', 'fetch', 'modify'),
  instructions: fc.oneof(fc.nat({ max: 20 }), fc.constantFrom(2 ** 31, 2 ** 32 - 1)),
});
const accesses = fc.array(access, { maxLength: 60 });
const places = fc.array(fc.nat(), { maxLength: 12 });

describe.each(TRACE_FORMATS.map(({ name }) => name))('a trace in format %s', (name) => {
  it('gives the accesses that were written, to the last bit', () => {
    fc.assert(
      fc.property(accesses, places, (list, cuts) => {
        const { bytes, expected } = WRITERS[name](list);
        const decoded = decodeChunks(name, cut(bytes, cuts));
        expect(decoded.accesses).toEqual(expected);
        expect(decoded.issues).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('gives the same batches however it is cut into chunks', () => {
    fc.assert(
      fc.property(accesses, places, fc.integer({ min: 16, max: 40 }), (list, cuts, capacity) => {
        const { bytes } = WRITERS[name](list);
        const whole = decodeChunks(name, [bytes], capacity);
        expect(decodeChunks(name, cut(bytes, cuts), capacity)).toEqual(whole);
        expect(Math.max(0, ...whole.batches)).toBeLessThanOrEqual(capacity);
      }),
      { numRuns: 60 },
    );
  });

  it('can be cut into single bytes', () => {
    const { bytes, expected } = WRITERS[name](someAccesses(100));
    const decoded = decodeChunks(
      name,
      Array.from(bytes, (byte) => Uint8Array.of(byte)),
    );
    expect(decoded.accesses).toEqual(expected);
    expect(decoded).toEqual(decodeChunks(name, [bytes]));
  });
});

describe('text', () => {
  it.each(['lackey', 'din', 'ucsd', 'ramulator', 'csv', 'libcachesim-csv'] as const)(
    'in format %s may end its lines with CR LF, hold blank lines, and lack the last line end',
    (name) => {
      const { bytes, expected } = WRITERS[name](fc.sample(accesses, { seed: 2, numRuns: 1 })[0]!);
      const text = bytes.toString('latin1').trimEnd();
      const changed = text.replaceAll('\n', '\r\n\r\n  \n');
      const decoded = decodeChunks(name, [Buffer.from(changed, 'latin1')]);
      expect(decoded).toMatchObject({ accesses: expected, issues: [] });
    },
  );
});
