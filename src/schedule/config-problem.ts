/** What is wrong with a schedule's configuration: one sentence per field, all of them at once. */

export interface ConfigProblem {
  /** Path of the field, e.g. `tasks[3].weight`. */
  readonly field: string;
  /** The value found, the allowed range, and what to do. */
  readonly message: string;
}

/** A configuration that cannot be used. The message holds every problem, one per line. */
export class ScheduleConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => `${problem.field}: ${problem.message}`).join('\n'));
    this.name = 'ScheduleConfigError';
    this.problems = problems;
  }
}

/** Throw if there are problems. */
export function refuseProblems(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ScheduleConfigError(problems);
}

/** Note a problem unless `value` is an integer in min..max. */
export function expectInteger(
  problems: ConfigProblem[],
  field: string,
  value: number,
  min: number,
  max: number,
  hint = '',
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const advice = hint === '' ? '' : `; ${hint}`;
  problems.push({ field, message: `${value} is not an integer in ${min}..${max}${advice}` });
}
