/** A memory trace that cannot be used at all. The message names the file, what was found, and what to do instead. */
export class MemoryTraceError extends Error {
  override readonly name = 'MemoryTraceError';
  readonly path: string;
  /** What was found, without the file's name: completes "FILE: ". */
  readonly found: string;
  /** What to do instead: whole sentences. */
  readonly hint: string;

  constructor(path: string, found: string, hint: string) {
    super(`${path}: ${found}. ${hint}`);
    this.path = path;
    this.found = found;
    this.hint = hint;
  }
}
