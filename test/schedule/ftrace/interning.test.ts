/** The tables that spare the importer strings, against plain maps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteNames } from '../../../src/schedule/ftrace/byte-names.ts';
import { ThreadIds } from '../../../src/schedule/ftrace/thread-ids.ts';
import { Registry } from '../../../src/schedule/registry.ts';

describe('ByteNames', () => {
  it('numbers names in the order of their first appearance, however many there are', () => {
    const names = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 12 }), { maxLength: 2_000 });
    fc.assert(
      fc.property(names, (list) => {
        const table = new ByteNames();
        const model = new Map<string, number>();
        for (const name of list) {
          if (!model.has(name)) model.set(name, model.size);
          const bytes = Buffer.from(`<${name}>`);
          expect(table.idOf(bytes, 1, bytes.length - 1)).toBe(model.get(name));
        }
        for (const [name, id] of model) expect(table.text(id)).toBe(name);
      }),
      { numRuns: 50 },
    );
  });
});

describe('ThreadIds', () => {
  it('knows every thread by its id and its latest name, however many there are', () => {
    const thread = fc.tuple(fc.integer({ min: 1, max: 3_000 }), fc.constantFrom('sh', 'CPU 0/KVM', 'x'.repeat(300)));
    fc.assert(
      fc.property(fc.array(thread, { minLength: 1_000, maxLength: 4_000 }), (list) => {
        const registry = new Registry();
        const threads = new ThreadIds(registry, new Map());
        for (const [tid, comm] of list) {
          const bytes = Buffer.from(comm);
          const index = threads.named(tid, bytes, 0, bytes.length);
          expect(registry.threads[index]).toMatchObject({ tid, comm });
          expect(threads.inColumn(tid, Buffer.from('other'), 0, 5)).toBe(index);
          expect(registry.threads[index].comm).toBe(comm);
        }
        const distinct = new Set(list.map(([tid]) => tid));
        expect(registry.threads).toHaveLength(distinct.size + 1);
      }),
      { numRuns: 10 },
    );
  });
});
