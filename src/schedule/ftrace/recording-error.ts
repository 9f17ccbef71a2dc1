/** A recording that cannot be used at all. The message names the file, what was found, and what to do instead. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
  readonly path: string;

  constructor(path: string, found: string, hint: string) {
    super(`${path}: ${found}. ${hint}`);
    this.path = path;
  }
}
