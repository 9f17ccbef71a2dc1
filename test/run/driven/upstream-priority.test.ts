/** The DSPRI of an L3 at the memory channels behind it, whatever these have of their own (A 3.7; docs/bandwidth.md, "Order"). */
import { describe, expect, it } from 'vitest';
import { benchPlan, TestClient } from './driven-fixture.ts';

const MEMORY = 'machine.topology.memory';
/** Nobody is served only because he has waited for long. */
const NO_STARVATION_LIMIT = `${MEMORY}.starvation_limit=0s`;

/** Lines that PARTIDs 1 and 2 got of memory that both fill: DSPRI is 0 of the one, 7 of the other. */
function linesServed(zeroIsLow: boolean, ...overrides: readonly string[]): readonly number[] {
  const side = `{ bandwidth: 100GB/s, controls: { bwa_wd: 8, dspri_wd: 3, dspri0_is_low: ${zeroIsLow} } }`;
  const client = new TestClient(
    benchPlan(`machine.topology.l3.memory_side=${side}`, NO_STARVATION_LIMIT, ...overrides),
  );
  for (const [pe, partid] of [1, 2].entries()) {
    client.send(`pe ${pe} write MPAM3_EL3 0x8000000000000000`, `pe ${pe} el 1`);
    client.send(`pe ${pe} write MPAM1_EL1 ${(partid << 16) | partid}`);
    client.send(`msc l3-0 write MPAMCFG_PART_SEL ${partid}`, 'msc l3-0 write MPAMCFG_MBW_MIN 0');
    client.send(`msc l3-0 write MPAMCFG_PRI ${partid === 1 ? 0 : 0x70000}`);
    for (const ris of [0, 1]) {
      client.send(`msc mem-0 write MPAMCFG_PART_SEL ${partid | (ris << 24)}`, 'msc mem-0 write MPAMCFG_MBW_MIN 0');
    }
    client.send(`access ${pe} read ${pe * 0x1000000} +1MiB repeat forever mlp 32 background`);
  }
  client.send('wait 100us');
  return [0, 1].map((pe) => Number(/memory=(\d+)/.exec(client.ask(`stop ${pe}`))![1]));
}

/** How much of what both got the one with DSPRI 7 did. */
function shareOfSeven(zeroIsLow: boolean, ...overrides: readonly string[]): number {
  const [zero = 0, seven = 0] = linesServed(zeroIsLow, ...overrides);
  return seven / (zero + seven);
}

describe('DSPRI of a cache in front of memory', () => {
  const noIntpri = `${MEMORY}.controls.intpri_wd=0`;

  it('decides at memory without INTPRI, though nothing else regulates the partitions there', () => {
    expect(shareOfSeven(true, noIntpri)).toBeGreaterThan(0.95);
    expect(shareOfSeven(false, noIntpri)).toBeLessThan(0.05);
  });

  it('decides at memory that has no controls at all, with an MSC and without', () => {
    expect(shareOfSeven(true, `${MEMORY}.controls=none`)).toBeGreaterThan(0.95);
    expect(shareOfSeven(true, `${MEMORY}.controls=none`, `${MEMORY}.monitors={}`)).toBeGreaterThan(0.95);
  });

  it('does not count at memory with INTPRI', () => {
    expect(shareOfSeven(true, `${MEMORY}.controls.intpri_wd=3`)).toBeCloseTo(0.5, 2);
  });
});
