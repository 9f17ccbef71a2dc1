/** PEs that make given accesses in time, through one small cache of their own each, and channels behind them. */
import { packLabel } from '../../../src/arch/label.ts';
import {
  ACCESS_BYTES,
  ACCESS_SERIAL,
  ADVANCED,
  EXECUTOR_BYTES,
  EXECUTOR_COMPUTE,
  EXECUTOR_IDLE,
  EXECUTOR_QUEUEING,
  EXECUTOR_STALLS,
  EXECUTOR_THROTTLED,
  EXECUTOR_WRITE_BUFFER,
  KIND_FETCH,
  KIND_READ,
  KIND_WRITE,
  MACHINE_BYTES,
  PE_BYTES,
  PE_EXECUTOR,
  PE_LEFT,
  PE_STREAM,
  PE_WAYS,
  SERVICE_ARRIVALS,
  SERVICE_ARRIVALS_MASK,
  SERVICE_BYTES,
  SERVICE_ENDED,
  SERVICE_LATENCIES,
  SERVICE_LATENCIES_MASK,
  SERVICE_SERVED,
  SERVICE_TAIL,
  SERVICE_WORK,
  STEP_MEMORY,
  STREAM_BYTES,
  STREAM_COMPUTE,
  STREAM_ENDED,
  STREAM_KIND,
  STREAM_KIND_RECORDED,
  STREAM_QUEUE,
  STREAM_QUEUE_MASK,
  STREAM_SERVICE,
  STREAM_TAIL,
  STREAM_WINDOW,
  WAY_BYTES,
  WAY_OWNER,
} from '../../../src/loop/assembly/layout.ts';
import { type Block, BlockLayout, type Region } from '../../../src/loop/block.ts';
import type { BandwidthConfig, ChannelConfig } from '../../../src/memory/bandwidth-config.ts';
import type { HierarchyConfig } from '../../../src/memory/hierarchy-config.ts';
import { reserveMemory } from '../../../src/memory/memory-regions.ts';
import { MemorySystem } from '../../../src/memory/memory-system.ts';
import type { MscConfig } from '../../../src/memory/msc-config.ts';

/** A line takes 1 ns in service and 50 ns in all; an instruction takes 1 ns. */
const LINE_PS = 1000;
export const LATENCY_PS = 50_000;
const QUEUE_ACCESSES = 4096;
const LINES = 4096;
const WORDS = ACCESS_BYTES / 4;
/** Requests of a service, and its record with the rings of their arrivals and latencies. */
const SERVICE_RING = 64;
const SERVICE_ROOM = SERVICE_BYTES + 2 * SERVICE_RING * 8;

export interface TimedAccess {
  readonly line: number;
  readonly kind?: 'read' | 'write' | 'fetch';
  readonly isSerial?: boolean;
  /** Before it and with it; 1 ns each. */
  readonly instructions?: number;
}

const KINDS = { read: KIND_READ, write: KIND_WRITE, fetch: KIND_FETCH } as const;

export interface TimedOptions {
  readonly pes?: number;
  readonly window?: number;
  readonly writeBufferLines?: number;
  readonly channel?: Partial<ChannelConfig>;
  /** Of each PE's cache. */
  readonly sets?: number;
  readonly mscs?: readonly MscConfig[];
}

/** Where an executor's time went, ps. */
export interface Spent {
  readonly compute: number;
  readonly idle: number;
  readonly memory: number;
  readonly queueing: number;
  readonly throttled: number;
  readonly writeBuffer: number;
}

export class TimedMachine {
  readonly memory: MemorySystem;
  readonly owners: readonly number[];
  readonly #block: Block;
  readonly #machine: Region;
  readonly #streams: Region;
  readonly #queues: Region;
  readonly #executors: Region;
  readonly #pes: number;
  readonly #services: Region;
  #nowNs = 0;

  constructor(options: TimedOptions = {}) {
    const { pes = 1, window = 1, writeBufferLines = 8, channel = {}, sets = 1, mscs } = options;
    this.#pes = pes;
    const layout = new BlockLayout();
    const config = hierarchy(pes, sets, bandwidth(pes, writeBufferLines, channel));
    const regions = reserveMemory(layout, { ...config, ...(mscs === undefined ? {} : { mscs }) });
    this.#machine = layout.reserve('machine', MACHINE_BYTES);
    this.#streams = layout.reserve('streams', pes * STREAM_BYTES);
    this.#queues = layout.reserve('queues', pes * QUEUE_ACCESSES * ACCESS_BYTES);
    this.#executors = layout.reserve('executors', pes * EXECUTOR_BYTES);
    this.#services = layout.reserve('services', pes * SERVICE_ROOM);
    this.#block = layout.build();
    this.memory = new MemorySystem(this.#block, regions);
    this.memory.connectTraffic(this.#machine.byteOffset);
    this.owners = Array.from({ length: pes }, (_, pe) => this.memory.owner(packLabel(1, pe + 1, 0), pe));
    for (let pe = 0; pe < pes; pe++) this.#openPe(pe, window);
  }

  /** Add accesses to those that a PE makes; 4096 at most in all. */
  give(pe: number, accesses: readonly TimedAccess[]): void {
    const stream = this.#stream(pe);
    const queue = (this.#queues.byteOffset + pe * QUEUE_ACCESSES * ACCESS_BYTES) >> 2;
    const tail = this.#block.words[(stream + STREAM_TAIL) >> 2]!;
    accesses.forEach(({ line, kind = 'read', isSerial = false, instructions = 1 }, n) => {
      const at = queue + (tail + n) * WORDS;
      this.#block.words.set([line, KINDS[kind] | (isSerial ? ACCESS_SERIAL : 0), instructions * 256, 0], at);
    });
    this.#put(stream + STREAM_TAIL, tail + accesses.length);
  }

  /** The PE's accesses are those of requests of a service: so many accesses each, the requests at these times, 64 at most. */
  serve(pe: number, accesses: number, arrivalsNs: readonly number[]): void {
    const service = this.#service(pe);
    const arrivals = service + SERVICE_BYTES;
    new Float64Array(this.#block.memory.buffer, arrivals, SERVICE_RING).set(arrivalsNs);
    this.#put(service + SERVICE_ARRIVALS, arrivals);
    this.#put(service + SERVICE_ARRIVALS_MASK, SERVICE_RING - 1);
    this.#put(service + SERVICE_TAIL, arrivalsNs.length);
    this.#put(service + SERVICE_WORK, accesses);
    this.#put(service + SERVICE_ENDED, 1);
    this.#put(service + SERVICE_LATENCIES, arrivals + SERVICE_RING * 8);
    this.#put(service + SERVICE_LATENCIES_MASK, SERVICE_RING - 1);
    this.#put(this.#stream(pe) + STREAM_SERVICE, service);
  }

  /** From arrival to the end, of the requests that are done, ns. */
  latenciesNs(pe: number): number[] {
    const service = this.#service(pe);
    const served = this.#block.words[(service + SERVICE_SERVED) >> 2]!;
    const latencies = service + SERVICE_BYTES + SERVICE_RING * 8;
    return [...new Float64Array(this.#block.memory.buffer, latencies, served)];
  }

  /** Let time go on to `timeNs`, in spans of at most `spanNs`. */
  advance(timeNs: number, spanNs = 1000): void {
    const { loop, pes } = this.memory;
    while (this.#nowNs < timeNs) {
      const endNs = Math.min(timeNs, this.#nowNs + spanNs);
      loop.beginSpan(pes, this.#pes, endNs, endNs - this.#nowNs);
      const answer = loop.advance(this.#machine.byteOffset, pes, 0, this.#pes);
      if (answer !== ADVANCED) throw new Error(`the loop needs ${answer}`);
      this.#nowNs = endNs;
    }
  }

  /** The context of a PE ends; it has nothing to do until `resume`. */
  stop(pe: number): void {
    this.memory.loop.releasePe(this.#pe(pe));
    this.#put(this.#pe(pe) + PE_STREAM, 0);
  }

  resume(pe: number): void {
    this.#put(this.#pe(pe) + PE_STREAM, this.#stream(pe));
  }

  spent(pe: number): Spent {
    const at = this.#executors.byteOffset + pe * EXECUTOR_BYTES;
    return {
      compute: this.#long(at + EXECUTOR_COMPUTE),
      idle: this.#long(at + EXECUTOR_IDLE),
      memory: this.#long(at + EXECUTOR_STALLS + 8 * STEP_MEMORY),
      queueing: this.#long(at + EXECUTOR_QUEUEING),
      throttled: this.#long(at + EXECUTOR_THROTTLED),
      writeBuffer: this.#long(at + EXECUTOR_WRITE_BUFFER),
    };
  }

  /** ps of the last span that the PE has left; negative: it is ahead. */
  leftPs(pe: number): number {
    return this.#long(this.#pe(pe) + PE_LEFT);
  }

  #openPe(pe: number, window: number): void {
    const stream = this.#stream(pe);
    this.#put(stream + STREAM_KIND, STREAM_KIND_RECORDED);
    this.#put(stream + STREAM_QUEUE, this.#queues.byteOffset + pe * QUEUE_ACCESSES * ACCESS_BYTES);
    this.#put(stream + STREAM_QUEUE_MASK, QUEUE_ACCESSES - 1);
    this.#put(stream + STREAM_COMPUTE, 256 * 1000);
    this.#put(stream + STREAM_ENDED, 1);
    this.#put(stream + STREAM_WINDOW, window);
    this.#put(this.#pe(pe) + PE_STREAM, stream);
    this.#put(this.#pe(pe) + PE_EXECUTOR, this.#executors.byteOffset + pe * EXECUTOR_BYTES);
    for (const way of [0, WAY_BYTES]) this.#put(this.#pe(pe) + PE_WAYS + way + WAY_OWNER, this.owners[pe]!);
  }

  #pe(pe: number): number {
    return this.memory.pes + pe * PE_BYTES;
  }

  #service(pe: number): number {
    return this.#services.byteOffset + pe * SERVICE_ROOM;
  }

  #stream(pe: number): number {
    return this.#streams.byteOffset + pe * STREAM_BYTES;
  }

  #put(address: number, value: number): void {
    this.#block.words[address >> 2] = value;
  }

  #long(address: number): number {
    return (this.#block.words[address >> 2]! >>> 0) + this.#block.words[(address >> 2) + 1]! * 2 ** 32;
  }
}

function bandwidth(pes: number, writeBufferLines: number, channel: Partial<ChannelConfig>): BandwidthConfig {
  const config = { name: 'mem-0.0', lineTime: LINE_PS * 65536, turnaroundPs: 0, window: 'fixed', ...channel } as const;
  return {
    mode: 'exact',
    closedFormIntervalPs: 10_000_000,
    writeBufferLines,
    channels: [{ starvationPs: 0, portionPs: 16_000, offsetLimit: 0, ...config }],
    memories: [{ name: 'mem-0', channels: [0], interleaveLines: 1 }],
    memoryOfCache: new Array<number>(pes).fill(0),
    channelOfCache: new Array<undefined>(pes).fill(undefined),
  };
}

/** A cache of one way for each PE: a line stays until another one of its set comes. */
function hierarchy(pes: number, sets: number, config: BandwidthConfig): HierarchyConfig {
  const numbers = Array.from({ length: pes }, (_, pe) => pe);
  return {
    caches: numbers.map((pe) => ({
      name: `l1-${pe}`,
      level: 'L1',
      sets,
      ways: 1,
      policy: 'lru',
      writePolicy: 'write-back',
      inclusion: 'non-inclusive',
      outer: undefined,
      latencyPs: 0,
      writeHitOwner: 'allocator',
      flows: true,
      missClasses: true,
      controls: undefined,
    })),
    ports: numbers.map((pe) => ({ fetch: pe, data: pe })),
    lineBytes: 64,
    memoryLatencyPs: LATENCY_PS,
    physicalLines: LINES,
    writeBackBilledTo: 'owner',
    bandwidth: config,
    ownerCapacity: 16,
    seed: 1,
  };
}
