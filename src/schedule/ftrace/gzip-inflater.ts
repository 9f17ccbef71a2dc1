/**
 * Inflates gzip data piece by piece, and keeps what came before damage.
 *
 * A stream in a pipeline drops what it has buffered when it fails, and how much that is depends on timing. Here every
 * piece is inflated to its end before the next one is given, so the text before damage is the same in every run.
 */
import { createGunzip, type Gunzip } from 'node:zlib';

/** What zlib inflates in one step; the step in which it finds damage is lost. */
const STEP_BYTES = 64 * 1024;

export interface GzipDamage {
  readonly kind: 'truncated-gzip' | 'corrupt-gzip';
  /** zlib's own words. */
  readonly text: string;
}

export class GzipInflater {
  readonly #gunzip: Gunzip = createGunzip({ chunkSize: STEP_BYTES });
  #out: Uint8Array[] = [];
  #damage: GzipDamage | undefined;
  /** Ends the step that is under way. */
  #done: () => void = () => {};

  constructor() {
    this.#gunzip.on('data', (chunk: Uint8Array) => this.#out.push(chunk));
    this.#gunzip.on('error', (error: Error & { code?: string }) => {
      this.#damage = { kind: error.code === 'Z_BUF_ERROR' ? 'truncated-gzip' : 'corrupt-gzip', text: error.message };
      this.#done();
    });
    this.#gunzip.on('end', () => this.#done());
  }

  /** What is wrong with the data; complete after finish(). */
  get damage(): GzipDamage | undefined {
    return this.#damage;
  }

  /** What `piece` inflates to. After damage: nothing more. */
  inflate(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    return this.#step(() => this.#gunzip.write(piece, () => this.#done()));
  }

  /** To be called after the last piece: what is left. */
  finish(): Promise<readonly Uint8Array[]> {
    return this.#step(() => this.#gunzip.end());
  }

  close(): void {
    this.#gunzip.destroy();
  }

  async #step(start: () => void): Promise<readonly Uint8Array[]> {
    if (this.#damage === undefined) {
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
