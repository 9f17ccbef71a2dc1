/**
 * The access loop: WebAssembly that works on a block of memory, written in AssemblyScript (assembly/, design section 2).
 *
 * Built by `npm run build` (npm start and npm test do it first). This is the only file of the hardware rooms that reads
 * a file: the loop's own code.
 */
// biome-ignore lint/style/noRestrictedImports: code, not data (see above)
import { readFileSync } from 'node:fs';
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
}

const FILE = new URL('../../build/access-loop.wasm', import.meta.url);

let compiled: WebAssembly.Module | undefined;

/**
 * An instance of the loop for one block.
 * @throws Error if the loop has not been built.
 */
export function accessLoopFor(block: Block): AccessLoop {
  compiled ??= new WebAssembly.Module(readCode());
  const instance = new WebAssembly.Instance(compiled, { env: { memory: block.memory } });
  return instance.exports as AccessLoop;
}

function readCode(): Uint8Array {
  try {
    return readFileSync(FILE);
  } catch (error) {
    throw new Error('build/access-loop.wasm is missing: run `npm run build`', { cause: error });
  }
}
