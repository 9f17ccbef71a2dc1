/** Whatever software does to the pages, nothing breaks and nothing shows where no register is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MscFrontFeatures } from '../../../src/memory/msc-config.ts';
import { AT, CACHE, CHANNEL, type FrontOptions, frontOf, NS } from './front-fixture.ts';

const TRANSLATION = { partidMax: 300, hasDirect: true, hasBaseMask: true };

const front = fc.record({
  version: fc.constantFrom('v0.1', 'v1.0', 'v1.1'),
  spaces: fc.constantFrom(2, 4),
  hasEsr: fc.boolean(),
  hasExtdEsr: fc.boolean(),
  hasErrMsi: fc.boolean(),
  hasOflowSr: fc.boolean(),
  hasOflwMsi: fc.boolean(),
  hasOflowInterrupt: fc.boolean(),
  hasLocalCaptEvnt: fc.boolean(),
  interrupt: fc.constantFrom('level', 'edge'),
  ingress: fc.constantFrom(undefined, TRANSLATION),
  egress: fc.constantFrom(undefined, TRANSLATION),
  hasDefaultPartid: fc.boolean(),
  outOfRangeSelector: fc.constantFrom('stored', 'dropped'),
  reportsRisErrors: fc.boolean(),
  missingMonitor: fc.constantFrom('fffffffe', 'silent', 'error'),
  nrdyNs: fc.constantFrom(0, 1000),
  quirks: fc.subarray(['T241-MPAM-1', 'T241-MPAM-6', 'CMN-650-3642720']),
}) as fc.Arbitrary<Partial<MscFrontFeatures>>;

const options: fc.Arbitrary<FrontOptions> = fc.record({
  front,
  features: fc.constantFrom({}, { intpartidMax: 15, hasNfu: false }, { reset: 'poison' as const }, { hasEndis: false }),
  resources: fc.constantFrom([CACHE, CHANNEL], [CACHE], [{ ...CHANNEL, ris: 0 }]),
});

const registerOffsets = Object.values(AT).flatMap((at) => [at, at + 4]);
const offset = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...registerOffsets, 0x360048, 0x370050, 0x1b0000, 0x1c0000) },
  { weight: 1, arbitrary: fc.integer({ min: -8, max: 0x5000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 2 ** 40 }) },
);
/** Half of the values are selectors, so that accesses get somewhere. */
const value = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.tuple(fc.nat(60), fc.nat(3), fc.nat(7)).map(([id, ris, bits]) => (id | (ris << 24) | (bits << 16)) >>> 0),
);
const access = fc.record({
  space: fc.nat(3),
  offset,
  lo: value,
  hi: value,
  kind: fc.constantFrom('read32', 'read64', 'write32', 'write32', 'write64', 'count', 'request', 'sync'),
});

const isWord = (read: number): boolean => Number.isInteger(read) && read >= 0 && read < 2 ** 32;

/** Offsets of A 2.2 with a register, whatever the MSC has. */
function isAllocated(at: number): boolean {
  if (at >= AT.CPBM && at < AT.MBW_PBM + 4 * 128) return at < AT.CPBM + 4 * 1024 || at >= AT.MBW_PBM;
  const wide: readonly number[] = [AT.IDR, AT.ESR, AT.MBWU_L, AT.MBWU_L_CAPTURE];
  return (Object.values(AT) as readonly number[]).includes(at) || wide.includes(at - 4);
}

describe('any sequence of accesses, of any width, to any offset', () => {
  it('comes through, reads whole words, and leaves reserved locations 0', () => {
    fc.assert(
      fc.property(options, fc.array(access, { maxLength: 80 }), (given, accesses) => {
        const { front: page, count, monitors } = frontOf(given);
        for (const { space, offset: at, lo, hi, kind } of accesses) {
          if (kind === 'write32') page.write32(space, at, lo | 0);
          else if (kind === 'write64') page.write64(space, at, lo, hi);
          else if (kind === 'count') count((lo % 2 ** 20) * 64);
          else if (kind === 'request') page.requestError(2, space, lo & 0xffff, hi & 0xff);
          else if (kind === 'sync') {
            monitors.sync(0);
            page.sync();
          } else {
            const word = page.read32(space, at);
            const wide = page.read64(space, at);
            expect([word, wide.lo, wide.hi].every(isWord)).toBe(true);
          }
        }
        const hasShadows = given.front?.quirks?.includes('T241-MPAM-1') === true;
        const others = accesses.map(({ offset: at }) => at).filter((at) => !isAllocated(at));
        for (const at of others.filter((other) => !hasShadows || other < 0x4000)) expect(page.read32(NS, at)).toBe(0);
      }),
      { numRuns: 400, seed: 20 },
    );
  });

  it('ERRCODE is not 0 exactly when an error was told since software last wrote it', () => {
    fc.assert(
      fc.property(fc.array(access, { maxLength: 60 }), (accesses) => {
        const { front: page, errors } = frontOf();
        for (const { space, offset: at, lo, kind } of accesses) {
          if (kind === 'write32' && (at & ~4) !== AT.ESR) page.write32(space, at, lo);
          else page.read32(space, at);
        }
        for (const space of [0, 1]) {
          const told = errors().filter((error) => error.space === space);
          const esr = page.read32(space, AT.ESR);
          expect((esr >>> 24) & 0xf).toBe(told.at(-1)?.code ?? 0);
          expect(esr >>> 31).toBe(told.length > 1 ? 1 : 0);
          expect(esr & 0xffff).toBe(told.at(-1)?.partid ?? 0);
        }
      }),
      { numRuns: 300, seed: 21 },
    );
  });
});

it('writing a control costs well below 2 us', () => {
  const { front: page, changes } = frontOf();
  // Rounds are short, so that on a busy machine some of them are not interrupted.
  const writes = 5_000;
  page.write32(NS, AT.PART_SEL, 5);
  let best = Infinity;
  for (let round = 0; round < 60; round++) {
    const before = performance.now();
    for (let i = 0; i < writes; i++) page.write32(NS, AT.CPBM, i);
    best = Math.min(best, ((performance.now() - before) * 1000) / writes);
  }
  expect(changes().length).toBeGreaterThan(writes);
  expect(best).toBeLessThan(2);
});
