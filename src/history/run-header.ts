/**
 * Everything known about a run before its first event (design section 4): what makes the file self-contained, and what
 * its numbers mean. The header is hashed before the first event, so a run's digest covers it.
 *
 * Ids are the small integers that event rows use. Lists are stored as tables of the same name.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** Where a forked run left its parent. */
interface ParentRun {
  readonly digest: string;
  readonly seq: number;
}

/** A file that the run reads. */
interface InputFileRow {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface MachineRow {
  readonly id: number;
  readonly name: string;
  readonly kernel: string;
  readonly mode: string;
  /** What UNKNOWN register fields hold after reset, as the scenario says it. */
  readonly unknownReset: string;
  /** What the PEs implement, as JSON. */
  readonly features: string;
}

export interface PeRow {
  /** Global number, as in event rows. */
  readonly id: number;
  readonly machine: number;
  /** Linux's CPU number on that machine. */
  readonly cpu: number;
}

export interface RegisterRow {
  readonly id: number;
  readonly name: string;
  readonly encoding: string;
}

export interface RegisterFieldRow {
  readonly register: number;
  readonly name: string;
  /** Least significant bit, 0 to 63. A field does not cross bit 32. */
  readonly lowBit: number;
  readonly width: number;
}

interface ControlGroupRow {
  readonly id: number;
  readonly name: string;
  readonly partidD: number;
  readonly partidI: number;
  readonly pmgD: number;
  readonly pmgI: number;
}

interface TenantRow {
  readonly id: number;
  readonly name: string;
  readonly controlGroup: number;
}

interface VmRow {
  readonly id: number;
  readonly name: string;
  readonly tenant: number;
}

/** The memory system of a machine that has caches. */
interface MemorySystemRow {
  readonly machine: number;
  readonly peMhz: number;
  readonly lineBytes: number;
  readonly memoryLatencyPs: number;
  readonly writeBackBilledTo: string;
}

export interface CacheRow {
  readonly machine: number;
  /** Index among the machine's caches, as in samples. */
  readonly id: number;
  readonly name: string;
  readonly level: string;
  readonly sets: number;
  readonly ways: number;
  readonly lineBytes: number;
  readonly policy: string;
  readonly writePolicy: string;
  readonly inclusion: string;
  /** Index of the next outer cache, null: memory. */
  readonly outerCache: number | null;
  readonly latencyPs: number;
  /** CPBM_WD, 0 for none. */
  readonly portions: number;
  readonly msc: number | null;
}

export interface MemoryStepRow {
  readonly machine: number;
  /** Step of an access's way to memory, as in samples. */
  readonly step: number;
  readonly level: string;
}

/** A memory system component with settings or monitors. */
interface MscRow {
  /** Global number, as in event rows. */
  readonly id: number;
  readonly machine: number;
  readonly name: string;
  /** Index of its cache on the machine, null: it is memory's. */
  readonly cache: number | null;
  /** What it implements for all of its resources, as JSON. */
  readonly features: string;
}

/** A resource instance (RIS) of an MSC. */
interface MscResourceRow {
  readonly msc: number;
  readonly ris: number;
  readonly cache: number | null;
  readonly channel: number | null;
  /** Its controls and monitors, as JSON. */
  readonly features: string;
}

/** The bandwidth model of a machine that has one. */
interface MemoryBandwidthRow {
  readonly machine: number;
  readonly mode: string;
  /** Samples are taken at multiples of it, and at the end of the run. */
  readonly sampleIntervalNs: number;
}

/** What serves lines one after the other. */
interface ChannelRow {
  readonly machine: number;
  /** Index among the machine's channels, as in samples. */
  readonly id: number;
  readonly name: string;
  /** Name of its memory, null: it is the memory side of `cache`. */
  readonly memory: string | null;
  readonly cache: number | null;
  readonly bytesPerSecond: number;
  readonly accountingWindow: string;
  readonly turnaroundPs: number;
  readonly starvationPs: number;
  readonly portionPs: number;
  readonly offsetLimit: number;
}

/** Name of a code: a world, a schedule kind, a command, a kind of monitor. */
export interface CodeName {
  readonly id: number;
  readonly name: string;
}

export interface RunHeader {
  readonly name: string;
  readonly description: string;
  readonly scenarioFile: string;
  readonly scenarioText: string;
  readonly seed: number;
  readonly engineVersion: string;
  readonly timeOriginNs: number;
  readonly parent: ParentRun | null;
  readonly inputs: readonly InputFileRow[];
  readonly machines: readonly MachineRow[];
  readonly pes: readonly PeRow[];
  readonly registers: readonly RegisterRow[];
  readonly registerFields: readonly RegisterFieldRow[];
  readonly controlGroups: readonly ControlGroupRow[];
  readonly tenants: readonly TenantRow[];
  readonly vms: readonly VmRow[];
  readonly worlds: readonly CodeName[];
  readonly scheduleKinds: readonly CodeName[];
  readonly commandCodes: readonly CodeName[];
  readonly runCodes: readonly CodeName[];
  /** These lists are empty in a run without caches. */
  readonly memorySystems: readonly MemorySystemRow[];
  readonly caches: readonly CacheRow[];
  readonly memorySteps: readonly MemoryStepRow[];
  readonly mscs: readonly MscRow[];
  readonly mscResources: readonly MscResourceRow[];
  readonly mscRegisters: readonly CodeName[];
  readonly monitorEventCodes: readonly CodeName[];
  readonly monitorKinds: readonly CodeName[];
  readonly mscErrorCodes: readonly CodeName[];
  readonly interruptCodes: readonly CodeName[];
  readonly interruptLevels: readonly CodeName[];
  /** These are empty in a run without memory bandwidth. */
  readonly memoryBandwidths: readonly MemoryBandwidthRow[];
  readonly channels: readonly ChannelRow[];
}

/** What the header says of caches, MSCs and memory. */
export type MemoryList = (typeof HASHED_IF_ANY)[number];

/** Runs without what a list is about have the hash that they had before there was such a list. */
const HASHED_IF_ANY = [
  ...(['memorySystems', 'caches', 'memorySteps', 'mscs', 'mscResources', 'mscRegisters'] as const),
  ...(['monitorEventCodes', 'monitorKinds', 'mscErrorCodes', 'interruptCodes', 'interruptLevels'] as const),
  ...(['memoryBandwidths', 'channels'] as const),
] as const;

/**
 * SHA-256 of the header's canonical JSON, in hexadecimal: where the hash chain starts. How the path of the scenario was
 * typed is left out: the same run from another folder is the same run.
 */
export function hashHeader(header: RunHeader): string {
  const absent = HASHED_IF_ANY.filter((list) => header[list].length === 0);
  const content = {
    ...header,
    scenarioFile: undefined,
    mscs: header.mscs.map((msc) => (isNamedAsItsCache(header, msc) ? { ...msc, name: undefined } : msc)),
    ...Object.fromEntries(absent.map((list) => [list, undefined])),
  };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** Before MSCs had names, they had those of their caches. */
function isNamedAsItsCache({ caches }: RunHeader, { machine, cache, name }: MscRow): boolean {
  return caches.some((row) => row.machine === machine && row.id === cache && row.name === name);
}
