/** What turns the bytes of a trace into accesses: one decoder for formats of lines, one for formats of fixed-size records. */
import type { TraceColumns } from './trace-batch.ts';

/**
 * push() a chunk, then decode() until it says false, and only then push the next one. After the last chunk: finish(), and
 * decode() again. What comes out does not depend on where the chunks are cut.
 */
export interface TraceDecoder {
  /** The chunk must stay unchanged until decode() has said false. */
  push(chunk: Uint8Array): void;
  /** True: the batch is full, or might not hold what comes next. False: more input is needed. */
  decode(into: TraceColumns): boolean;
  /** No more chunks. If the input broke off, what follows the last whole line or record is given up and returned as text. */
  finish(brokeOff: boolean): string;
}
