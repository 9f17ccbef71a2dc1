/** The caches of a memory-trace study as people write them: which keys there are, what they may be, what they are by default. */
import { z } from 'zod';
import { TOPOLOGY_LIMITS } from '../../machine/topology.ts';
import { INCLUSIONS, REPLACEMENT_POLICIES, WRITE_POLICIES } from '../../memory/hierarchy-config.ts';
import { PORTION_KINDS } from '../../memory/msc-config.ts';
import { memorySize } from '../memory-size.ts';
import { integer } from '../quantities.ts';

const { sets: SETS, ways: WAYS, cpbmWd: CPBM_WD, fractionWd: FRACTION_WD } = TOPOLOGY_LIMITS;

const cacheShape = {
  size: memorySize('Capacity, a multiple of ways times line; or give sets instead.', 4, 2 ** 40).optional(),
  sets: integer('Number of sets, any number.', SETS.min, SETS.max).optional(),
  ways: integer('Number of ways, any number.', WAYS.min, WAYS.max),
  policy: z.enum(REPLACEMENT_POLICIES).default('lru').meta({ description: 'How a victim is chosen.' }),
  write_policy: z.enum(WRITE_POLICIES).default('write-back').meta({ description: 'What a store does.' }),
};

const inclusion = z.enum(INCLUSIONS).default('non-inclusive').meta({ description: 'Towards the caches inside it.' });

const llcShape = {
  ...cacheShape,
  inclusion,
  portions: integer('CPBM_WD: portions of the portion map. Default: one per way.', 1, CPBM_WD.max).optional(),
  portion_kind: z.enum(PORTION_KINDS).default('ways').meta({ description: 'What a portion is.' }),
  cmax_width: integer('CMAX_WD: bits of CMAX and CMIN.', 1, FRACTION_WD.max).default(16),
  write_hit_owner: z.enum(['allocator', 'writer']).default('allocator').meta({
    description: 'Whose a line is after a store has hit it; writer: in a write-back cache only.',
  }),
  victim_preference: z.enum(['ladder', 'invalid']).default('ladder').meta({
    description: 'Which candidates go first: invalid ways, then lines of the lowest priority; or invalid ways only.',
  }),
};

export const hierarchySchema = z.strictObject({
  line: memorySize('Bytes of a line, in all caches: a power of two.', 4, 4096).prefault('64B'),
  l1i: z.strictObject(cacheShape).optional().meta({ description: 'L1 of instruction fetches, one per tenant.' }),
  l1d: z.strictObject(cacheShape).optional().meta({ description: 'L1 of data accesses, one per tenant.' }),
  l2: z
    .strictObject({ ...cacheShape, inclusion })
    .optional()
    .meta({ description: 'L2, one per tenant.' }),
  llc: z.strictObject(llcShape).optional().meta({ description: 'Last level, shared by all tenants, partitioned.' }),
  memory: memorySize('Memory that pages of the traces are placed in; default: 2^24 lines.', 4096, 2 ** 44).optional(),
});

export type HierarchyInput = z.output<typeof hierarchySchema>;
export type CacheInput = NonNullable<HierarchyInput['l1i'] | HierarchyInput['l2'] | HierarchyInput['llc']>;
