/** Fetches of generated streams: how many, and from where. */
import { describe, expect, it } from 'vitest';
import { Side } from '../../../src/workload/streams/stream-plan.ts';
import { LINE_BYTES, linesOf, loopOver, only, pagesOf, region, streamRig } from './stream-rig.ts';

describe('instruction fetches', () => {
  const code = { region: region(3 * LINE_BYTES, 'vcpu', 'code'), pattern: { kind: 'loop' } } as const;

  it('come once for every 16 instructions of 64-byte lines, before they are executed', () => {
    const rig = streamRig({ executors: only(loopOver(640, { code, instructionsPerAccess: 8 * 256 })) });
    const kinds = rig.take(0, Side.user, 9).map(({ kind }) => kind);
    expect(kinds).toEqual(['fetch', 'read', 'read', 'fetch', 'read', 'read', 'fetch', 'read', 'read']);
  });

  it.each([1, 100, 256, 1000, 4096, 10_000, 2 ** 20])(
    'keep up with %i/256 instructions per data access',
    (instructionsPerAccess) => {
      const rig = streamRig({ executors: only(loopOver(640, { code, instructionsPerAccess })) });
      const made = rig.take(0, Side.user, 20_000);
      const fetches = made.filter(({ kind }) => kind === 'fetch').length;
      const instructions = made.reduce((sum, access) => sum + access.instructions, 0);
      expect(instructions).toBe((made.length - fetches) * instructionsPerAccess);
      // 16 instructions to a line; the last data access may still be owed its fetches.
      const owed = instructions / 256 / 16 + 1 - fetches;
      expect(owed).toBeGreaterThanOrEqual(0);
      expect(owed).toBeLessThanOrEqual(instructionsPerAccess / 256 / 16 + 1);
    },
  );

  it('walk the code, which is apart from the data', () => {
    const rig = streamRig({ executors: only(loopOver(640, { code, instructionsPerAccess: 16 * 256 })) });
    const made = rig.take(0, Side.user, 400);
    const fetched = linesOf(made.filter(({ kind }) => kind === 'fetch'));
    expect(fetched.slice(0, 7).map((line) => line - fetched[0]!)).toEqual([0, 1, 2, 0, 1, 2, 0]);
    const touched = pagesOf(linesOf(made.filter(({ kind }) => kind === 'read')));
    expect([...pagesOf(fetched)].filter((page) => touched.has(page))).toEqual([]);
    expect(made.filter(({ kind }) => kind === 'fetch').every(({ instructions }) => instructions === 0)).toBe(true);
  });

  it('there are none without code', () => {
    const made = streamRig({ executors: only(loopOver(640)) }).take(0, Side.user, 1000);
    expect(made.every(({ kind }) => kind === 'read')).toBe(true);
  });

  it('are more for shorter lines', () => {
    const executors = only(loopOver(640, { code, instructionsPerAccess: 256 }));
    const made = streamRig({ executors, lineBytes: 16 }).take(0, Side.user, 10);
    expect(made.map(({ kind }) => kind).join(' ')).toBe('fetch read read read read fetch read read read read');
  });
});
