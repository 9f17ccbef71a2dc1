/**
 * UCSD address text (CSE 240A course): `l|s 0xHEX gap`, the gap being the instructions since the last access, taken as they
 * stand. Sizes are not recorded.
 */
import { BAD_LINE, type LineFormat } from '../line-decoder.ts';
import { endOfLine, SPACE, skipBlanks, TextNumber } from '../text-number.ts';
import { type TraceColumns, TraceKind } from '../trace-batch.ts';

const LETTER_L = 0x6c;
const LETTER_S = 0x73;

export class UcsdAddressFormat implements LineFormat {
  readonly accessesMax = 1;
  readonly #number = new TextNumber();

  readLine(bytes: Uint8Array, at: number, into: TraceColumns): number {
    const letter = bytes[at];
    if ((letter !== LETTER_L && letter !== LETTER_S) || bytes[at + 1] !== SPACE) return BAD_LINE;
    const number = this.#number;
    const addressEnd = number.prefixedHex(bytes, skipBlanks(bytes, at + 2));
    if (addressEnd === -1 || bytes[addressEnd] !== SPACE) return BAD_LINE;
    const { low, high } = number;
    const end = number.decimal(bytes, skipBlanks(bytes, addressEnd));
    if (end === -1 || number.high !== 0) return BAD_LINE;
    const lineEnd = endOfLine(bytes, end);
    if (lineEnd >= 0) into.add(low, high, 0, letter === LETTER_L ? TraceKind.read : TraceKind.write, number.low);
    return lineEnd;
  }
}
