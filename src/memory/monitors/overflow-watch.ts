/**
 * The MBWU instances of one resource that may overflow, and when somebody has to look at them: nobody overflows before the
 * resource has moved as many lines, for whomever, as the nearest of them has left. There may be thousands of instances, and
 * software may ask at any time whether one has overflowed.
 */
import { FIRST_OWNER } from '../../loop/assembly/layout.ts';
import type { MbwuMonitor } from './mbwu-monitor.ts';
import { SOONEST_NS } from './monitor-instance.ts';
import type { MonitorSources } from './monitor-sources.ts';
import { OrderedInstances } from './ordered-instances.ts';

export class OverflowWatch {
  readonly #ris: number;
  readonly #sources: MonitorSources;
  readonly #instances = new OrderedInstances<MbwuMonitor>();
  /** Lines that the resource had moved at the last look; undefined: they were not worth counting. */
  #linesSeen: number | undefined;
  /** Lines that it moves from then on before anybody can overflow, at least. */
  #linesLeft = Infinity;
  /** When the last look was, ns. */
  #seenAtNs = 0;

  constructor(ris: number, sources: MonitorSources) {
    this.#ris = ris;
    this.#sources = sources;
  }

  /** An instance, which is up to date, has got other settings or another value. */
  include(monitor: MbwuMonitor): void {
    this.#instances.include(monitor, monitor.isActive);
    if (monitor.isActive) this.#linesLeft = Math.min(this.#linesLeft, monitor.linesToOverflow);
  }

  /** Those that may have overflowed: none, or all. Whoever brings them up to date says so (`settle`). */
  suspects(nowNs: number): readonly MbwuMonitor[] {
    if (this.#instances.size === 0) return [];
    const before = this.#linesSeen;
    // To count the lines of all owners pays where these are fewer than the instances.
    this.#linesSeen = this.#sources.ownerCount() < this.#instances.size ? this.#lines() : undefined;
    this.#seenAtNs = nowNs;
    if (before === undefined || this.#linesSeen === undefined) return this.#instances.all;
    this.#linesLeft -= this.#linesSeen - before;
    return this.#linesLeft > 0 ? [] : this.#instances.all;
  }

  /** All instances are up to date. */
  settle(): void {
    this.#linesLeft = Infinity;
    for (const { linesToOverflow } of this.#instances.all) this.#linesLeft = Math.min(this.#linesLeft, linesToOverflow);
  }

  /** When one may overflow, ns, if the resource moves as many lines as it can; Infinity: never. */
  nextDueNs(nowNs: number): number {
    if (this.#instances.size === 0) return Infinity;
    const rate = this.#sources.linesPerSecondMax(this.#ris);
    if (rate === undefined) return nowNs + SOONEST_NS;
    return Math.max(this.#seenAtNs + Math.floor((this.#linesLeft / rate) * 1e9), nowNs + SOONEST_NS);
  }

  /** Lines of all owners, both ways, since the start. */
  #lines(): number {
    const sources = this.#sources;
    let lines = 0;
    for (let owner = FIRST_OWNER; owner < sources.ownerCount(); owner++) {
      lines += sources.readLines(this.#ris, owner) + sources.writtenLines(this.#ris, owner);
    }
    return lines;
  }
}
