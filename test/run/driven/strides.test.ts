/** MBW_PROP between two PEs over the bus: the exact model, and the closed form beside it. */
import { describe, expect, it } from 'vitest';
import { benchPlan, TestClient } from './driven-fixture.ts';

const LINES_PER_NS = 12.8 / 64;
const NS = 2_000_000;

/** Shares of memory's bandwidth of PARTIDs 1 and 2, whose strides are 1 and 4. */
function sharesOf(mode: 'exact' | 'closed-form', mlp: number): readonly number[] {
  const client = new TestClient(benchPlan(`machine.topology.memory.mode=${mode}`));
  for (const [pe, partid] of [1, 2].entries()) {
    client.send(`pe ${pe} write MPAM3_EL3 0x8000000000000000`, `pe ${pe} el 1`);
    client.send(`pe ${pe} write MPAM1_EL1 ${(partid << 16) | partid}`);
    for (const ris of [0, 1]) {
      client.send(`msc mem-0 write MPAMCFG_PART_SEL ${partid | (ris << 24)}`, 'msc mem-0 write MPAMCFG_MBW_MIN 0');
      client.send(`msc mem-0 write MPAMCFG_MBW_PROP ${partid === 1 ? 0x80000000 : 0x80000003}`);
    }
    client.send(`access ${pe} read ${pe * 0x1000000} +1MiB repeat forever mlp ${mlp} background`);
  }
  client.send(`wait ${NS}ns`);
  return [0, 1].map((pe) => Number(/memory=(\d+)/.exec(client.ask(`stop ${pe}`))![1]) / (NS * LINES_PER_NS));
}

describe('strides 1 and 4', () => {
  it('share memory 4 to 1 where each PE alone could fill it', () => {
    for (const mlp of [16, 32]) {
      const [first, second] = sharesOf('exact', mlp);
      expect(first).toBeCloseTo(0.8, 2);
      expect(second).toBeCloseTo(0.2, 2);
    }
  });

  it('do so in closed form, to 0.03 where much more is asked for than there is', () => {
    const [first, second] = sharesOf('closed-form', 32);
    expect(Math.abs(first! - 0.8)).toBeLessThan(0.03);
    expect(Math.abs(second! - 0.2)).toBeLessThan(0.03);
  });

  it('count in closed form where PEs just fill memory, too', () => {
    const [first, second] = sharesOf('closed-form', 16);
    expect(first! / second!).toBeGreaterThan(2);
    expect(first! + second!).toBeGreaterThan(0.9);
  });
});
