/** What executes on a machine, for those who sample it. */
import type { MemorySystem } from '../../memory/memory-system.ts';
import type { ServiceSet } from '../../workload/service/service-set.ts';

export interface SampledExecution {
  readonly memory: MemorySystem;
  /** By executor: the thread that ran it last, -1 if none has; and its world, 1 in a guest. */
  readonly executors: { readonly lastThread: Int32Array; readonly world: Uint8Array };
  /** Address of the first executor record. */
  readonly executorRecords: number;
  readonly services: ServiceSet | undefined;
}
