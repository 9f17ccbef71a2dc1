/**
 * Ramulator CPU traces: `bubbles readaddress [writebackaddress]`. Bubbles are the instructions without memory access before
 * the read; the write-back is the dirty line that the read evicted from the caches that the trace was recorded behind.
 * Addresses are decimal, or hex with 0x. Sizes are not recorded.
 */
import { BAD_LINE, type LineFormat } from '../line-decoder.ts';
import { endOfLine, SPACE, skipBlanks, TAB, TextNumber } from '../text-number.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';

/** The read itself is an instruction, too. */
const BUBBLES_MAX = 0xffff_fffe;

export class RamulatorFormat implements LineFormat {
  readonly accessesMax = 2;
  readonly #number = new TextNumber();

  readLine(bytes: Uint8Array, at: number, into: TraceColumns): number {
    const number = this.#number;
    const bubblesEnd = number.decimal(bytes, skipBlanks(bytes, at));
    if (bubblesEnd === -1 || !isBlank(bytes[bubblesEnd]) || number.word > BUBBLES_MAX) return BAD_LINE;
    const instructions = number.word + 1;
    const readEnd = number.hexOrDecimal(bytes, skipBlanks(bytes, bubblesEnd));
    if (readEnd === -1) return BAD_LINE;
    const { low, high } = number;
    let lineEnd = endOfLine(bytes, readEnd);
    const hasWriteBack = lineEnd === -1 && isBlank(bytes[readEnd]);
    if (hasWriteBack) {
      const writeEnd = number.hexOrDecimal(bytes, skipBlanks(bytes, readEnd));
      lineEnd = writeEnd === -1 ? BAD_LINE : endOfLine(bytes, writeEnd);
    }
    if (lineEnd < 0) return BAD_LINE;
    into.add(low, high, 0, TraceKind.read, instructions);
    if (hasWriteBack) into.add(number.low, number.high, 0, TraceKind.write, 0);
    return lineEnd;
  }
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB;
}
