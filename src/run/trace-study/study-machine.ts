/** The machine of a memory-trace study at work: traces go in, access by access, and the counts come out. */
import { PartidSpace, packLabel } from '../../arch/label.ts';
import { HISTORY_MOVED, HISTORY_NEVER, HISTORY_REFUSED } from '../../loop/assembly/layout.ts';
import { type Block, BlockLayout } from '../../loop/block.ts';
import type { HierarchyConfig } from '../../memory/hierarchy-config.ts';
import { reserveMemory } from '../../memory/memory-regions.ts';
import { MemorySystem } from '../../memory/memory-system.ts';
import { applySettings } from '../../memory/settings/apply-settings.ts';
import type { TraceBatch } from '../../workload/memory-trace/trace-batch.ts';
import { ColouredPlacement } from '../../workload/placement/coloured-placement.ts';
import { AccessWriter } from './access-writer.ts';
import { type PlacedCache, type StudyLayout, studyLayout } from './study-layout.ts';
import { TenantCurves } from './tenant-curves.ts';
import { TraceStudyError } from './trace-study-error.ts';
import type { StudyTenant, TraceStudyOptions } from './trace-study-options.ts';
import type { CacheResult, CacheTenantResult, CurveResult, MemoryResult, MissClasses } from './trace-study-result.ts';

export class StudyMachine {
  readonly #tenants: readonly StudyTenant[];
  readonly #layout: StudyLayout;
  readonly #memory: MemorySystem;
  /** By tenant. */
  readonly #owners: readonly number[];
  readonly #writer: AccessWriter;
  readonly #curves: readonly TenantCurves[] | undefined;

  /**
   * @throws TraceStudyError for settings that the LLC cannot have, or accesses without a cache.
   * @throws PlacementError for caches whose set indexes have no common period within memory.
   */
  constructor(options: TraceStudyOptions) {
    const { tenants, hierarchy, curves, convention } = options;
    this.#tenants = tenants;
    this.#layout = studyLayout(options);
    const { config } = this.#layout;
    const placement = new ColouredPlacement({
      setCounts: config.caches.map(({ sets }) => sets),
      physicalLines: config.physicalLines,
      tenants: tenants.length,
    });
    this.#memory = memorySystem(config);
    this.#owners = tenants.map(({ partid }, tenant) => {
      return this.#memory.owner(packLabel(PartidSpace.nonSecure, partid, 0), tenant);
    });
    this.#applySettings();
    const wantsCurves = curves.exact || curves.sampleRate !== undefined;
    const own = wantsCurves ? tenants.map(() => new TenantCurves(curves, hierarchy)) : undefined;
    this.#curves = own;
    this.#writer = new AccessWriter(this.#memory, {
      convention,
      lineBytes: config.lineBytes,
      placement,
      owners: this.#owners,
      onLine: own && ((tenant, line, key) => own[tenant].touch(line, key)),
    });
  }

  /** Make accesses `from` to `to` - 1 of a tenant's batch. @throws PlacementError when memory is full. */
  take(tenant: number, batch: TraceBatch, from: number, to: number): void {
    this.#writer.take(tenant, batch, from, to);
  }

  /** Make the accesses that wait. Results are complete only after it. */
  finish(): void {
    this.#writer.flush();
  }

  caches(): CacheResult[] {
    return this.#layout.caches.map((placed, cache) => this.#cacheResult(cache, placed));
  }

  memory(): MemoryResult[] {
    return this.#tenants.map(({ name }, tenant) => {
      return { tenant: name, ...this.#memory.memoryCounters(this.#owners[tenant]) };
    });
  }

  curve(tenant: number): CurveResult | undefined {
    return this.#curves?.[tenant].result();
  }

  #applySettings(): void {
    for (const { name, partid, settings } of this.#tenants) {
      if (settings === undefined) continue;
      const { llc } = this.#layout;
      const controls = llc === undefined ? undefined : this.#memory.controls(llc);
      if (controls === undefined) throw new TraceStudyError(`settings of ${name}: there is no LLC to partition`);
      const [problem] = applySettings(controls, PartidSpace.nonSecure, partid, settings);
      if (problem !== undefined) throw new TraceStudyError(`${problem.setting} of ${name}: ${problem.message}`);
    }
  }

  #cacheResult(cache: number, { config, tenant }: PlacedCache): CacheResult {
    const { name, level, sets, ways, policy, inclusion } = config;
    const users = tenant === undefined ? [...this.#tenants.keys()] : [tenant];
    return {
      ...{ name, level, sets, ways, policy, inclusion },
      tenants: users.map((user) => this.#cacheTenantResult(cache, user)),
      evictions: users.map((evictor) => users.map((victim) => this.#flow(cache, evictor, victim))),
    };
  }

  #flow(cache: number, evictor: number, victim: number): number {
    return this.#memory.flow(cache, this.#owners[evictor], this.#owners[victim]);
  }

  #cacheTenantResult(cache: number, tenant: number): CacheTenantResult {
    const counters = this.#memory.counters(cache, this.#owners[tenant]);
    const { reads, writes, fetches, readMisses, writeMisses, fetchMisses } = counters;
    return {
      tenant: this.#tenants[tenant].name,
      ...counters,
      hits: reads + writes + fetches - readMisses - writeMisses - fetchMisses,
      missClasses: this.#missClasses(cache, tenant),
    };
  }

  #missClasses(cache: number, tenant: number): MissClasses {
    const because = (history: number): number => {
      return this.#memory.missesBecauseOf(cache, this.#owners[tenant], history);
    };
    return {
      cold: because(HISTORY_NEVER),
      own: because(this.#owners[tenant]),
      interference: this.#owners.map((owner, other) => (other === tenant ? 0 : because(owner))),
      refused: because(HISTORY_REFUSED),
      moved: because(HISTORY_MOVED),
    };
  }
}

/** @throws TraceStudyError if the caches, and what is remembered of every line of memory, need more than 4 GiB. */
function memorySystem(config: HierarchyConfig): MemorySystem {
  const layout = new BlockLayout();
  const regions = reserveMemory(layout, config, { withReplay: true });
  return new MemorySystem(builtBlock(layout, config), regions);
}

function builtBlock(layout: BlockLayout, { caches, physicalLines }: HierarchyConfig): Block {
  try {
    return layout.build();
  } catch {
    throw new TraceStudyError(
      `${caches.length} caches and the history of ${physicalLines} lines of memory in each need too much space;` +
        ' take less memory, smaller caches or fewer tenants',
    );
  }
}
