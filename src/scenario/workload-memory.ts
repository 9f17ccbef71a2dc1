/**
 * The memory that workloads touch: regions of their own, named by where the file describes them, and those of
 * `memory_regions`. The machine's scale factor shrinks all of them here, and nowhere else.
 */
import type { RegionSpec } from '../workload/workload.ts';
import { formatSize } from './memory-size.ts';
import { type Lookup, lookupIn } from './resolve-groups.ts';
import type { Path, Report } from './scenario-problem.ts';
import { REGION_STEP_BYTES, type RegionInput } from './workload-schema.ts';

/** Page tables and the history of lines grow with it; both live in the machine's one block. */
const SCALED_BYTES_MAX = 16 * 2 ** 30;

/** Used in the place of one that could not be made, so that all problems are found in one go. */
const STAND_IN: RegionSpec = { name: '', bytes: REGION_STEP_BYTES, sharing: 'vm' };

export class WorkloadMemory {
  readonly #scale: number;
  readonly #report: Report;
  readonly #regions: readonly RegionSpec[];
  readonly #indexOf: Lookup;

  /** @param scale capacities and working sets are divided by this: 1 or more. */
  constructor(regions: Readonly<Record<string, RegionInput>>, scale: number, report: Report) {
    this.#scale = scale;
    this.#report = report;
    this.#regions = Object.entries(regions).map(([name, input]) => {
      const { size, sharing } = typeof input === 'number' ? { size: input, sharing: 'machine' as const } : input;
      return { name, bytes: this.#scaled(size, ['memory_regions', name]), sharing };
    });
    this.#indexOf = lookupIn('memory region', Object.keys(regions), report);
  }

  /** A region of `memory_regions`. */
  named(name: string, path: Path): RegionSpec {
    return this.#regions[this.#indexOf(name, path)] ?? STAND_IN;
  }

  /** A workload's own region, described at `path` (which begins with `workloads`). */
  own(bytes: number, sharing: RegionSpec['sharing'], path: Path): RegionSpec {
    return { name: path.slice(1).join('.'), bytes: this.#scaled(bytes, path), sharing };
  }

  #scaled(bytes: number, path: Path): number {
    const scaled = Math.floor(bytes / this.#scale / REGION_STEP_BYTES) * REGION_STEP_BYTES;
    const at = this.#scale === 1 ? '' : ` at scale 1/${this.#scale}`;
    if (scaled === 0) this.#report(path, `${formatSize(bytes)}${at} is less than ${REGION_STEP_BYTES}B`);
    if (scaled > SCALED_BYTES_MAX) {
      const hint = 'shrink it, or the whole machine by machine.scale';
      this.#report(path, `${formatSize(bytes)}${at} is more than ${formatSize(SCALED_BYTES_MAX)}`, { hint });
    }
    return Math.max(scaled, REGION_STEP_BYTES);
  }
}
