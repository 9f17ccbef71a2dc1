/** The order of the tenants' accesses, against sorted lists; batches may end anywhere. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interleave } from '../../../src/run/trace-study/interleave.ts';
import type { Interleaving } from '../../../src/run/trace-study/trace-study-options.ts';
import { TraceColumns } from '../../../src/workload/memory-trace/trace-batch.ts';

/** A trace as gaps: instructions of each access; accesses are numbered by their address. */
type Gaps = readonly number[];
type Made = readonly (readonly [tenant: number, access: number])[];

/** One object, refilled for every batch, as the readers of traces do it. */
async function* batchesOf(gaps: Gaps, batchSize: number): AsyncGenerator<TraceColumns> {
  const batch = new TraceColumns(batchSize);
  for (const [access, gap] of gaps.entries()) {
    batch.add(access, 0, 4, 0, gap);
    if (batch.count < batchSize) continue;
    yield batch;
    batch.count = 0;
  }
  if (batch.count > 0) yield batch;
}

async function interleaved(traces: readonly Gaps[], order: Interleaving, batchSize: number): Promise<Made> {
  const made: [number, number][] = [];
  const batches = traces.map((gaps) => batchesOf(gaps, batchSize));
  await interleave(batches, order, (tenant, batch, from, to) => {
    for (let at = from; at < to; at++) made.push([tenant, batch.addressLow[at]!]);
  });
  return made;
}

/** Every access with what it is sorted by: keys first, then the tenant, then its own order. */
function sorted(traces: readonly Gaps[], keyOf: (tenant: number, access: number) => number): Made {
  const all = traces.flatMap((gaps, tenant) => gaps.map((_, access): [number, number] => [tenant, access]));
  return all.toSorted((a, b) => keyOf(...a) - keyOf(...b) || a[0] - b[0] || a[1] - b[1]);
}

const traces = fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 30 }), { minLength: 1, maxLength: 4 });
const batchSize = fc.integer({ min: 1, max: 7 });

describe('interleaving', () => {
  it('round-robin makes one access of each tenant in turn, and leaves out those whose trace has ended', async () => {
    await fc.assert(
      fc.asyncProperty(traces, batchSize, async (gaps, size) => {
        expect(await interleaved(gaps, 'round-robin', size)).toEqual(sorted(gaps, (_, access) => access));
      }),
    );
  });

  it('by instructions makes first what is first in its tenant’s instruction stream', async () => {
    const position = (gaps: readonly Gaps[], tenant: number, access: number): number => {
      return gaps[tenant]!.slice(0, access + 1).reduce((sum, gap) => sum + gap, 0);
    };
    await fc.assert(
      fc.asyncProperty(traces, batchSize, async (gaps, size) => {
        const expected = sorted(gaps, (tenant, access) => position(gaps, tenant, access));
        expect(await interleaved(gaps, 'instructions', size)).toEqual(expected);
      }),
    );
  });

  it('sequential makes one trace after another', async () => {
    await fc.assert(
      fc.asyncProperty(traces, batchSize, async (gaps, size) => {
        expect(await interleaved(gaps, 'sequential', size)).toEqual(sorted(gaps, () => 0));
      }),
    );
  });

  it.each(['round-robin', 'instructions', 'sequential'] as const)(
    '%s closes all traces if one fails',
    async (order) => {
      const closed: number[] = [];
      const trace = async function* (tenant: number): AsyncGenerator<TraceColumns> {
        try {
          yield* batchesOf([1, 1, 1], 1);
        } finally {
          closed.push(tenant);
        }
      };
      const failing = interleave([trace(0), trace(1)], order, () => {
        throw new Error('memory is full');
      });
      await expect(failing).rejects.toThrow('memory is full');
      expect(closed).toEqual(order === 'sequential' ? [0] : [0, 1]);
    },
  );
});
