/** Disjoint portions and disjoint addresses: every tenant has exactly the hits of its solo run with as many ways. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
import type { ReplacementPolicy } from '../../src/memory/hierarchy-config.ts';
import type { MemorySystem } from '../../src/memory/memory-system.ts';
import { settingAt } from '../../src/memory/settings/setting-place.ts';
import { portionWordsOf } from './judged-machine.ts';
import { cacheConfig, controlFeatures, machineConfig } from './machine-configs.ts';
import { memorySystem, nonSecureOwner } from './memory-fixture.ts';

const TENANTS = [1, 2, 3];
/** Lines of tenant k are those from k * LINES on: the same set index for all, as LINES is a multiple of the sets. */
const LINES = 5040;

interface Turn {
  readonly tenant: number;
  readonly line: number;
  readonly isWrite: boolean;
}

const turn = (lines: number): fc.Arbitrary<Turn> =>
  fc.record({ tenant: fc.nat(TENANTS.length - 1), line: fc.nat(lines - 1), isWrite: fc.boolean() });

const sharing = fc
  .record({ sets: fc.integer({ min: 1, max: 8 }), ways: fc.integer({ min: 3, max: 24 }) })
  .chain(({ sets, ways }) =>
    fc.record({
      sets: fc.constant(sets),
      /** Which tenant may allocate a way; -1: nobody. */
      tenantOfWay: fc.array(fc.integer({ min: -1, max: TENANTS.length - 1 }), { minLength: ways, maxLength: ways }),
      turns: fc.array(turn(Math.ceil(sets * ways * 0.7)), { minLength: 1, maxLength: 400, size: 'max' }),
    }),
  );

describe('with disjoint portion maps and disjoint addresses', () => {
  // Tree-PLRU and random have no solo run to compare with: the tree's shape and the draws depend on all ways.
  it.each(['lru', 'fifo', 'mru', 'srrip'] as const)(
    'every access of a tenant is served as in its solo run with as many ways, and nobody evicts another: %s',
    (policy) => {
      fc.assert(
        fc.property(sharing, ({ sets, tenantOfWay, turns }) => {
          const shared = partitioned(policy, sets, tenantOfWay);
          const solos = TENANTS.map((_, tenant) =>
            solo(policy, sets, tenantOfWay.filter((of) => of === tenant).length),
          );
          const owners = TENANTS.map((partid, tenant) => nonSecureOwner(shared, partid, tenant));
          turns.forEach(({ tenant, line, isWrite }, n) => {
            const kind = isWrite ? 1 : 0;
            const alone = solos[tenant]!;
            const served = shared.access(0, tenant * LINES + line, kind, owners[tenant]!);
            const servedAlone = alone ? alone.access(0, line, kind, nonSecureOwner(alone, 1, 0)) : 7;
            if (served !== servedAlone)
              throw new Error(`access ${n} of tenant ${tenant}: ${served}, alone ${servedAlone}`);
          });
          for (const evictor of owners) {
            for (const victim of owners) if (victim !== evictor) expect(shared.flow(0, evictor, victim)).toBe(0);
          }
        }),
        { seed: 20_240_601, numRuns: 150 },
      );
    },
  );
});

function partitioned(policy: ReplacementPolicy, sets: number, tenantOfWay: readonly number[]): MemorySystem {
  const ways = tenantOfWay.length;
  const controls = controlFeatures({ cpbmWd: ways });
  const physicalLines = LINES * TENANTS.length;
  const system = memorySystem(machineConfig([cacheConfig({ sets, ways, policy, controls })], { physicalLines }));
  TENANTS.forEach((partid, tenant) => {
    const words = portionWordsOf(tenantOfWay.map((of) => of === tenant));
    for (const [n, word] of words.entries())
      system.controls(0)!.write(settingAt(MscRegister.MPAMCFG_CPBM, 1, partid, n), word);
  });
  return system;
}

/** A cache of its own; undefined for no ways at all. */
function solo(policy: ReplacementPolicy, sets: number, ways: number): MemorySystem | undefined {
  if (ways === 0) return undefined;
  return memorySystem(machineConfig([cacheConfig({ sets, ways, policy })], { physicalLines: LINES }));
}
