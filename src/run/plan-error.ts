/** A scenario that is right by itself, but cannot be run with the recording that it names. */
export class PlanError extends Error {
  override readonly name = 'PlanError';

  /** @param found what is wrong, with its value. */
  constructor(file: string, found: string, { allowed, hint }: { readonly allowed: string; readonly hint: string }) {
    super(`${file}: ${found}; allowed: ${allowed} (${hint})`);
  }
}
