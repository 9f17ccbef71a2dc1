/**
 * Inflates gzip data piece by piece, and keeps what came before damage.
 *
 * A stream in a pipeline drops what it has buffered when it fails, and how much that is depends on timing. Here every
 * piece is inflated to its end before the next one is given, so the text before damage is the same in every run. Members
 * one after the other are one text (RFC 1952 2.2); zeros behind the last one are padding.
 */
import { createGunzip, type Gunzip } from 'node:zlib';

/** What zlib inflates in one step. */
const STEP_BYTES = 64 * 1024;

/** What zlib says of bytes behind a whole member that do not begin another one. */
const NO_MEMBER = 'incorrect header check';
/** What zlib says of damage outside the compressed text: in a trailer (check sum, length), or in a header. */
const OUTSIDE_TEXT: ReadonlySet<string> = new Set([
  NO_MEMBER,
  'unknown compression method',
  'unknown header flags set',
  'header crc mismatch',
  'incorrect data check',
  'incorrect length check',
]);

export interface GzipDamage {
  readonly kind: 'truncated-gzip' | 'corrupt-gzip' | 'gzip-trailing-garbage';
  /** zlib's own words. */
  readonly text: string;
  /** False if the text broke off; true if it came to the end of a member. */
  readonly isTextWhole: boolean;
}

export class GzipInflater {
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: STEP_BYTES });
  #out: Uint8Array[] = [];
  #damage: GzipDamage | undefined;
  /** Zeros follow the last member: zlib takes no more. */
  #isPadding = false;
  /** Bytes given to zlib. */
  #given = 0;
  /** Ends the step that is under way. */
  #done: () => void = () => {};

  constructor() {
    this.#gunzip.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
    this.#gunzip.on('error', (error: Error & { code?: string }) => {
      this.#damage = damageOf(error);
      this.#done();
    });
    this.#gunzip.on('end', () => {
      this.#isPadding = true;
      this.#done();
    });
  }

  /** What is wrong with the data; complete after finish(). */
  get damage(): GzipDamage | undefined {
    return this.#damage;
  }

  /**
   * What `piece` inflates to. Of the piece in which damage is found, up to STEP_BYTES of text before the damage are lost
   * (of a piece of one byte: none). After damage: nothing more.
   */
  async inflate(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    const before = this.#given;
    this.#given += piece.length;
    const text = await this.#step(() => this.#gunzip.write(piece, () => this.#done()));
    if (this.#isPadding && piece.subarray(Math.max(0, this.#gunzip.bytesWritten - before)).some((byte) => byte !== 0)) {
      this.#damage ??= { kind: 'gzip-trailing-garbage', text: 'data behind the padding', isTextWhole: true };
    }
    return text;
  }

  /** To be called after the last piece: what is left. */
  finish(): Promise<readonly Uint8Array[]> {
    return this.#step(() => this.#gunzip.end());
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #step(start: () => void): Promise<readonly Uint8Array[]> {
    if (this.#damage === undefined && !this.#isPadding) {
      await new Promise<void>((done) => {
        this.#done = done;
        start();
      });
    }
    const out = this.#out;
    this.#out = [];
    return out;
  }
}

function damageOf({ code, message: text }: Error & { code?: string }): GzipDamage {
  if (code === 'Z_BUF_ERROR') return { kind: 'truncated-gzip', text, isTextWhole: false };
  const kind = text === NO_MEMBER ? 'gzip-trailing-garbage' : 'corrupt-gzip';
  return { kind, text, isTextWhole: OUTSIDE_TEXT.has(text) };
}
