/** How often each event occurs on each CPU. */
import type { Registry } from '../registry.ts';
import { ByteNames } from './byte-names.ts';
import type { EventLine } from './event-line.ts';

export class EventCounts {
  readonly #cpuCount: number;
  readonly #names = new ByteNames();
  /** By event: lines by CPU. */
  readonly #lines: Float64Array[] = [];

  constructor(cpuCount: number) {
    this.#cpuCount = cpuCount;
  }

  /** Counts one line and returns the number of its event. */
  count(bytes: Uint8Array, line: EventLine): number {
    const event = this.#names.idOfHashed(bytes, line.nameFrom, line.nameTo, line.nameHash);
    if (event === this.#lines.length) this.#lines.push(new Float64Array(this.#cpuCount));
    this.#lines[event][line.cpu]++;
    return event;
  }

  nameOf(event: number): string {
    return this.#names.text(event);
  }

  hasCpu(cpu: number): boolean {
    return this.#lines.some((lines) => lines[cpu] > 0);
  }

  /** In the order of the events' first lines, then by CPU. */
  reportTo(registry: Registry): void {
    this.#lines.forEach((lines, event) => {
      lines.forEach((count, cpu) => {
        if (count > 0) registry.reportCount(this.nameOf(event), cpu, count);
      });
    });
  }
}
