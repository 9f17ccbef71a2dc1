/** From recorded accesses to accesses of lines: both counting conventions, against BigInt arithmetic. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCESS_BYTES, ACCESS_OWNER_SHIFT, ACCESS_STRADDLES } from '../../../src/loop/assembly/layout.ts';
import { AccessWriter } from '../../../src/run/trace-study/access-writer.ts';
import type { Convention } from '../../../src/run/trace-study/trace-study-options.ts';
import { TraceColumns, type TraceKind } from '../../../src/workload/memory-trace/trace-batch.ts';
import { ColouredPlacement } from '../../../src/workload/placement/coloured-placement.ts';

interface Recorded {
  readonly address: bigint;
  readonly size: number;
  readonly kind: TraceKind;
}

/** What was played back: virtual line, kind, and whether the next one belongs to the same access. */
interface Made {
  readonly line: bigint;
  readonly kind: number;
  readonly straddles: boolean;
}

const OWNER = 7;
const TENANT = 1;
const LAST_ADDRESS = 2n ** 64n - 1n;

/** Physical lines are turned back into virtual ones by asking the placement for every line that may have been meant. */
function made(convention: Convention, lineBytes: number, capacity: number, accesses: readonly Recorded[]): Made[] {
  const placement = new ColouredPlacement({ setCounts: [16], physicalLines: 2 ** 24, tenants: 2 });
  const virtualOf = new Map<number, bigint>();
  for (const { address, size } of accesses) {
    const first = address / BigInt(lineBytes);
    for (let line = first; line <= first + BigInt(Math.ceil(size / lineBytes)) + 1n; line++) {
      if (line > LAST_ADDRESS / BigInt(lineBytes)) break;
      virtualOf.set(placement.lineOf(TENANT, Number(line % 2n ** 32n), Number(line / 2n ** 32n)), line);
    }
  }
  const played: Made[] = [];
  const words = new Int32Array((capacity * ACCESS_BYTES) / 4);
  const buffer = {
    replayWords: words,
    replayCapacity: capacity,
    replay: (count: number): void => {
      expect(count).toBeLessThanOrEqual(capacity);
      for (let at = 0; at < count * 4; at += 4) {
        const kind = words[at + 1]!;
        expect([kind >>> ACCESS_OWNER_SHIFT, words[at + 3]]).toEqual([OWNER, TENANT]);
        played.push({
          line: virtualOf.get(words[at]! >>> 0)!,
          kind: kind & 3,
          straddles: (kind & ACCESS_STRADDLES) !== 0,
        });
      }
      // Both halves of an access are played back together.
      expect(played.at(-1)?.straddles).toBe(false);
    },
  };
  const options = { convention, lineBytes, placement, owners: [0, OWNER], onLine: undefined };
  const writer = new AccessWriter(buffer, options);
  const batch = new TraceColumns(accesses.length);
  for (const { address, size, kind } of accesses) {
    batch.add(Number(address % 2n ** 32n), Number(address / 2n ** 32n), size, kind, 0);
  }
  writer.take(TENANT, batch, 0, batch.count);
  writer.flush();
  return played;
}

function expected(convention: Convention, lineBytes: number, { address, size, kind }: Recorded): Made[] {
  const bytes = BigInt(convention === 'cachegrind' ? Math.min(Math.max(1, size), lineBytes) : Math.max(1, size));
  const last = address + bytes - 1n < LAST_ADDRESS ? address + bytes - 1n : LAST_ADDRESS;
  const lines: bigint[] = [];
  for (let line = address / BigInt(lineBytes); line <= last / BigInt(lineBytes); line++) lines.push(line);
  if (convention === 'cachegrind') {
    return lines.map((line, at) => ({ line, kind: kind === 3 ? 0 : kind, straddles: at < lines.length - 1 }));
  }
  const kinds = kind === 3 ? [0, 1] : [kind];
  return kinds.flatMap((each) => lines.map((line) => ({ line, kind: each, straddles: false })));
}

const recorded = fc.record({
  address: fc.oneof(
    fc.bigInt({ min: 0n, max: 2000n }),
    fc.bigInt({ min: 2n ** 32n - 300n, max: 2n ** 32n + 300n }),
    fc.bigInt({ min: LAST_ADDRESS - 500n, max: LAST_ADDRESS }),
    fc.bigInt({ min: 0n, max: LAST_ADDRESS }),
  ),
  size: fc.oneof(fc.constantFrom(0, 1, 4, 8, 64, 65), fc.nat(700)),
  kind: fc.constantFrom<TraceKind[]>(0, 1, 2, 3),
});

describe.each(['lines', 'cachegrind'] as const)('convention %s', (convention) => {
  it('touches the lines that it says, at any line size, address and length of the buffer', () => {
    fc.assert(
      fc.property(
        fc.array(recorded, { minLength: 1, maxLength: 20 }),
        fc.constantFrom(4, 16, 64, 128, 4096),
        fc.integer({ min: 2, max: 9 }),
        (accesses, lineBytes, capacity) => {
          expect(made(convention, lineBytes, capacity, accesses)).toEqual(
            accesses.flatMap((access) => expected(convention, lineBytes, access)),
          );
        },
      ),
    );
  });
});

describe('the conventions', () => {
  const modifyOverBoundary: Recorded = { address: 62n, size: 4, kind: 3 };

  it('differ in what a modify over a line boundary is', () => {
    expect(made('lines', 64, 8, [modifyOverBoundary])).toEqual([
      { line: 0n, kind: 0, straddles: false },
      { line: 1n, kind: 0, straddles: false },
      { line: 0n, kind: 1, straddles: false },
      { line: 1n, kind: 1, straddles: false },
    ]);
    expect(made('cachegrind', 64, 8, [modifyOverBoundary])).toEqual([
      { line: 0n, kind: 0, straddles: true },
      { line: 1n, kind: 0, straddles: false },
    ]);
  });

  it('differ in how many lines a large access touches', () => {
    const large: Recorded = { address: 32n, size: 256, kind: 2 };
    expect(made('lines', 64, 8, [large]).map(({ line }) => line)).toEqual([0n, 1n, 2n, 3n, 4n]);
    expect(made('cachegrind', 64, 8, [large]).map(({ line }) => line)).toEqual([0n, 1n]);
  });
});
