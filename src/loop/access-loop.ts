/**
 * The access loop: WebAssembly that works on a block of memory, written in AssemblyScript (assembly/, design section 2).
 *
 * Built by `npm run build` (npm start and npm test do it first). This is the only file of the hardware rooms that reads
 * a file: the loop's own code.
 */
// biome-ignore lint/correctness/noNodejsModules: code, not data (see above)
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import type { Block } from './block.ts';

/** Addresses are byte offsets in the block; what lies there is told by assembly/layout.ts. */
export interface AccessLoop {
  /** One access of PE `port` of the PE records at `pes`. @returns the step that served it. */
  access(pes: number, port: number, line: number, kind: number, owner: number): number;
  accessStraddling(pes: number, port: number, line: number, next: number, kind: number, owner: number): number;
  /** Make `count` ready accesses from address `first` on, without time. */
  replay(pes: number, first: number, count: number): void;
  /** Make the priorities of a cache's slots anew, after their limits or occupancies were set from here. */
  judgeAll(cache: number, slots: number): void;
  /** Fill a generated stream's queue. */
  generate(machine: number, stream: number): void;
  /** Give `count` PEs a span that ends at `endNs`; whole ns since the start of the run. */
  beginSpan(pes: number, count: number, endNs: number, lengthNs: number): void;
  /** Run PEs `from` to `count` - 1 to the end of the span. @returns ADVANCED or NEEDS_ | PE << 4. */
  advance(machine: number, pes: number, from: number, count: number): number;
  /** Add the dirty lines of each owner in a cache to its u32 at `counts`. */
  countDirtyLines(cache: number, counts: number): void;
  /**
   * Clean or invalidate lines (MAINTAIN_ bits) in all caches; `traffic` is 0 where memory has no channels.
   * @returns lines done: fewer if there is no room for more writes.
   */
  maintain(
    caches: number,
    cacheCount: number,
    traffic: number,
    first: number,
    count: number,
    operation: number,
  ): number;
  /**
   * A PE has asked for accesses (NEEDS_ACCESSES) and there are no more: it waits for the reads that it has under way. Then
   * `advance` from it on.
   * @returns 0 if it will ask again when they have come back; else they have by its own time (PE_LEFT).
   */
  awaitReads(pe: number): number;
  /** The context of a PE ends, between two spans: it no longer waits for memory. */
  releasePe(pe: number): void;
  /** Limits of a bandwidth slot from now on: over 65536; the window in ps; the stride, 0: none. All addresses of records. */
  limitBandwidth(
    traffic: number,
    channel: number,
    slot: number,
    minimum: number,
    maximum: number,
    isHard: boolean,
    windowPs: number,
    stride: number,
  ): void;
  /** An owner goes to another bandwidth slot, and its requests that wait along. All addresses of records. */
  moveOwner(traffic: number, channel: number, owner: number, slot: number): void;
  /** Other settings of a channel's slots have changed. */
  reconsiderChannel(traffic: number, channel: number): void;
  /** Leave the present span before its end, ps, when no PE has anything left to do in it (and none has time left). */
  leaveTrafficSpan(traffic: number, timePs: number): void;
  /** Open loop: make all decisions before a time. @returns 0 if the log of grants is full before. */
  serveChannels(traffic: number, untilPs: number): number;
  /** Open loop: a request arrives now; `ownerWord` with REQUEST_IS_WRITE. @returns 0 if there is no room. */
  offerRequest(traffic: number, route: number, line: number, ownerWord: number, tag: number): number;
}

const CODE = new URL('../../build/access-loop.wasm', import.meta.url);
const SOURCES = new URL('assembly/', import.meta.url);

/** The access loop is missing, older than its source, or damaged. */
class AccessLoopError extends Error {
  override readonly name = 'AccessLoopError';

  constructor(found: string) {
    super(`build/access-loop.wasm ${found}: run \`npm run build\` in the folder of mpamlab`);
  }
}

let compiled: WebAssembly.Module | undefined;

/**
 * An instance of the loop for one block.
 * @throws AccessLoopError if the loop is not there as its source has it.
 */
export function accessLoopFor(block: Block): AccessLoop {
  compiled ??= compile();
  const instance = new WebAssembly.Instance(compiled, { env: { memory: block.memory } });
  return instance.exports as AccessLoop;
}

function compile(): WebAssembly.Module {
  if (!existsSync(CODE)) throw new AccessLoopError('is missing');
  const builtMs = statSync(CODE).mtimeMs;
  const isOld = readdirSync(SOURCES).some((source) => statSync(new URL(source, SOURCES)).mtimeMs > builtMs);
  // Other code than the engine version says would give other results under the same name.
  if (isOld) throw new AccessLoopError('is older than its source');
  try {
    return new WebAssembly.Module(readFileSync(CODE));
  } catch {
    throw new AccessLoopError('is damaged');
  }
}
