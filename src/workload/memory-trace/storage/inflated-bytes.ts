/** A range of a file, inflated: all there is before damage, to the byte. Memory: a piece of the file and what it inflates to. */
import type { StoredFile } from './stored-file.ts';
import { type Codec, type InflateDamage, StreamInflater } from './stream-inflater.ts';

/** How much smaller the steps get in which a damaged piece is inflated again. */
const FINER = 32;

export interface FileRange {
  readonly from: number;
  readonly to: number;
}

/** A chunk is valid until the next one is asked for. `onDamage` is called once, after the last chunk, if there is damage. */
export async function* inflatedBytes(
  file: StoredFile,
  range: FileRange,
  codec: Codec,
  onDamage: (damage: InflateDamage) => void,
): AsyncGenerator<Uint8Array> {
  const damage = yield* inflateInSteps(file, range, range.from, codec, codec.pieceBytes);
  if (damage !== undefined) onDamage(damage);
}

/**
 * Inflates the range, and gives what lies behind `start` in it, in steps of so many compressed bytes; returns the damage.
 *
 * Decompressors drop what they have inflated in the step in which they fail, and cannot go back. So all up to that step is
 * inflated again, and the step itself in smaller steps, until one byte is left: it holds the damage.
 */
async function* inflateInSteps(
  file: StoredFile,
  range: FileRange,
  start: number,
  codec: Codec,
  stepBytes: number,
): AsyncGenerator<Uint8Array, InflateDamage | undefined> {
  const inflater = new StreamInflater(codec);
  const buffer = new Uint8Array(codec.pieceBytes);
  try {
    for (let at = range.from; at < range.to && inflater.damage === undefined; ) {
      const bytes = at < start ? Math.min(codec.pieceBytes, start - at) : Math.min(stepBytes, range.to - at);
      const piece = await file.read(buffer.subarray(0, bytes), at);
      if (piece.length === 0) break;
      const text = await inflater.inflate(piece);
      if (inflater.damage !== undefined && piece.length > 1) {
        const damaged = { from: range.from, to: at + piece.length };
        yield* inflateInSteps(file, damaged, at, codec, Math.ceil(piece.length / FINER));
      } else if (at >= start) {
        yield* text;
      }
      at += piece.length;
    }
    yield* await inflater.finish();
    return inflater.damage;
  } finally {
    inflater.close();
  }
}
