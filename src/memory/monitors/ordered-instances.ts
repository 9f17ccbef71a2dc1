/** Instances of monitors, found by their place and gone through in one order: by type, RIS, PARTID space and number. */
import type { MonitorInstance, MonitorType } from './monitor-instance.ts';

/** CSU comes before MBWU. */
const TYPES: readonly MonitorType[] = ['csu', 'mbwu'];
const SPACES = 4;
const RIS_COUNT = 16;
const INSTANCES = 0x10000;

export class OrderedInstances<Instance extends MonitorInstance = MonitorInstance> {
  readonly #byKey = new Map<number, Instance>();
  /** All of them in order; undefined: to be sorted when somebody asks. */
  #ordered: readonly Instance[] | undefined = [];

  get size(): number {
    return this.#byKey.size;
  }

  get(type: MonitorType, space: number, ris: number, instance: number): Instance | undefined {
    return this.#byKey.get(keyOf(type, space, ris, instance));
  }

  /** Put an instance in, or take it out. */
  include(monitor: Instance, isIncluded: boolean): void {
    const { space, ris, instance } = monitor.place;
    const key = keyOf(monitor.type, space, ris, instance);
    if (this.#byKey.has(key) === isIncluded) return;
    if (isIncluded) this.#byKey.set(key, monitor);
    else this.#byKey.delete(key);
    this.#ordered = undefined;
  }

  /** In order; not changed by what is put in or taken out later. */
  get all(): readonly Instance[] {
    this.#ordered ??= [...this.#byKey].sort(([a], [b]) => a - b).map(([, monitor]) => monitor);
    return this.#ordered;
  }
}

function keyOf(type: MonitorType, space: number, ris: number, instance: number): number {
  return ((TYPES.indexOf(type) * RIS_COUNT + ris) * SPACES + space) * INSTANCES + instance;
}
