/** `src/index.ts` as a program uses it: what the commands do about caches is a call. */
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  applySettings,
  BlockLayout,
  HISTORY_NEVER,
  hierarchyOf,
  KIND_READ,
  MemorySystem,
  openMemoryTrace,
  PartidSpace,
  PRESETS,
  packLabel,
  parseHierarchy,
  presetPeCount,
  reserveMemory,
  runTraceStudy,
  STEP_MEMORY,
  scaled,
  topologyOf,
} from '../src/index.ts';

const TRACE = resolve(import.meta.dirname, '../scenarios/data/index.lackey.gz');

describe('the library', () => {
  it('builds a machine like a preset and drives its caches access by access', () => {
    const { topology, problems } = scaled(topologyOf({ preset: 'grace-like' }).topology, 64);
    expect(problems).toEqual([]);
    const config = hierarchyOf(topology, 2, { physicalLines: 2 ** 20, ownerCapacity: 64, seed: 1 });
    const layout = new BlockLayout();
    const regions = reserveMemory(layout, config);
    const memory = new MemorySystem(layout.build(), regions);
    const l3 = config.caches.findIndex(({ level }) => level === 'L3');
    const label = packLabel(PartidSpace.nonSecure, 1, 0);
    expect(applySettings(memory.controls(l3)!, PartidSpace.nonSecure, 1, { cpbm: [0x3] })).toEqual([]);
    const tenant = 0;
    const owner = memory.owner(label, tenant);
    expect(memory.access(0, 4711, KIND_READ, owner)).toBe(STEP_MEMORY);
    expect(memory.access(0, 4711, KIND_READ, owner)).toBe(0);
    // The other PE has private caches of its own: the shared L3 is the third on its way.
    expect(memory.access(1, 4711, KIND_READ, owner)).toBe(2);
    expect(memory.occupancy(l3, owner)).toBe(1);
    expect(memory.missesBecauseOf(l3, owner, HISTORY_NEVER)).toBe(1);
  });

  it('offers every preset with the number of PEs that it is like', () => {
    for (const preset of PRESETS) {
      const { topology, problems } = topologyOf({ preset: preset.name });
      expect([preset.name, problems]).toEqual([preset.name, []]);
      const options = { physicalLines: 1, ownerCapacity: 8, seed: 1 };
      expect(hierarchyOf(topology, presetPeCount(preset), options).ports).toHaveLength(presetPeCount(preset));
    }
  });

  it('studies a memory trace, and reads one', async () => {
    const checked = parseHierarchy('llc: { size: 64KiB, ways: 16 }', 'caches.yaml');
    if (!checked.ok) throw new Error('the caches are good');
    const { caches } = await runTraceStudy({
      tenants: [{ name: 'index', path: TRACE, partid: 1, settings: undefined }],
      format: 'auto',
      hierarchy: checked.value,
      convention: 'cachegrind',
      interleaving: 'sequential',
      curves: { exact: false, sampleRate: undefined },
      seed: 1,
    });
    const trace = await openMemoryTrace(TRACE, { format: 'auto', onIssue: () => expect.unreachable() });
    let accesses = 0;
    for await (const { count } of trace.batches) accesses += count;
    const { reads, writes, fetches } = caches[0]!.tenants[0]!;
    // scenarios/data/README.md
    expect([trace.format, accesses]).toEqual(['lackey', 270_011 + 10_000 + 15_001]);
    expect([fetches, reads, writes]).toEqual([270_011, 10_000, 15_001]);
  });
});
