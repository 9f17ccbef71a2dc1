/**
 * What a vCPU (or a host task) executes, with all choices made: address streams, phases, requests, recorded memory
 * traces. Sizes in bytes, times in ns.
 */

/** Virtual memory that a workload touches. Private: every executing vCPU/VM has its own; shared: one for all that name it. */
export interface RegionSpec {
  readonly name: string;
  readonly bytes: number;
  /** `vm`: one for all vCPUs of a VM (or of a host task's threads); `vcpu`: one each; `machine`: shared by name among all tenants, on purpose. */
  readonly sharing: 'vcpu' | 'vm' | 'machine';
}

export type PatternSpec =
  /** Walk through the region element by element, again and again. */
  | { readonly kind: 'sequential' }
  /** Walk with a stride of bytes, wrapping round. */
  | { readonly kind: 'strided'; readonly strideBytes: number }
  | { readonly kind: 'uniform' }
  /** Zipf over the region's lines; exponent in thousandths (900 = 0.9). */
  | { readonly kind: 'zipf'; readonly exponentMilli: number }
  /** Follow a random cyclic permutation of the region's lines; each access waits for the one before. */
  | { readonly kind: 'pointer-chase' }
  /** Line after line over the region, again and again (a loop over a working set). */
  | { readonly kind: 'loop' };

export interface ComponentSpec {
  readonly region: RegionSpec;
  readonly pattern: PatternSpec;
  /** Share among the components of its part: 1 to 65535. */
  readonly weight: number;
  /** Bytes of an element: 1 to 64; how far `sequential` goes at each access. */
  readonly elementBytes: number;
  /** Stores in 1000 accesses. */
  readonly writesPerThousand: number;
}

/** What is executed at one Exception level, in one phase. */
export interface PartSpec {
  readonly components: readonly ComponentSpec[];
  /** Instruction fetches beside data: the code's region and how it is walked; undefined: no fetches. */
  readonly code: { readonly region: RegionSpec; readonly pattern: PatternSpec } | undefined;
  /** Instructions per data access, in 1/256: 1 to 2^20. */
  readonly instructionsPerAccess: number;
  /** Cycles per instruction when no access stalls, in 1/256. */
  readonly baseCpi: number;
  /** Accesses that are under way at the same time, in 1/256: 256 is one. */
  readonly parallelism: number;
}

export interface PhaseSpec {
  /** Length in ns; Infinity for the last. Phases repeat after the last finite one unless it is Infinity. */
  readonly lengthNs: number;
  /** EL0 and EL1 of a guest; for a host task its user and kernel sides. undefined: that side makes no accesses. */
  readonly user: PartSpec | undefined;
  readonly kernel: PartSpec | undefined;
}

/** Open-loop requests: they arrive whether or not the vCPU runs, and wait in one queue of the VM. */
export interface ServiceSpec {
  readonly arrivals: /** Poisson, mean time between arrivals in ns. */
    | { readonly kind: 'poisson'; readonly meanNs: number }
    /** Arrival times in ns since the run's start, ascending: read from a file. */
    | { readonly kind: 'file'; readonly file: string; readonly path: string };
  /** User data accesses per request. */
  readonly accessesPerRequest: number;
}

export type WorkloadSpec =
  | {
      readonly kind: 'synthetic';
      readonly name: string;
      readonly phases: readonly PhaseSpec[];
      readonly service: ServiceSpec | undefined;
    }
  | {
      readonly kind: 'recorded';
      readonly name: string;
      readonly file: string;
      readonly path: string;
      /** Format name, or 'auto' to recognise it. */
      readonly format: string;
      /** Start again at its end; else the vCPU has nothing more to do. */
      readonly repeats: boolean;
      /** For formats without instruction counts: instructions per access, in 1/256. */
      readonly instructionsPerAccess: number;
      readonly baseCpi: number;
      readonly parallelism: number;
      /** The same at EL1 as the kernel's side, or nothing. */
      readonly kernel: PartSpec | undefined;
      readonly service: ServiceSpec | undefined;
    };
