/** A file that a workload is read from and that cannot be read: memory trace or arrival times. */
export class WorkloadFileError extends Error {
  override readonly name = 'WorkloadFileError';

  /** @param file as the scenario names it. @param found what is wrong, with its value. */
  constructor(file: string, found: string) {
    const hint = 'paths are relative to the folder of the scenario';
    super(`${file}: ${found}; allowed: a file that can be read (${hint})`);
  }
}
