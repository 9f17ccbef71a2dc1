/** Reading the scenario that a command line names. */
import { loadScenario } from '../scenario/load-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatProblem, type ScenarioProblem } from '../scenario/scenario-problem.ts';
import { CliError, ExitCode } from './exit-code.ts';
import { warning } from './output/terminal.ts';

/** Options that change a scenario. */
export interface ScenarioOptions {
  readonly set: readonly string[];
  readonly seed?: string;
  readonly until?: string;
}

/** `--seed` and `--until` are short for `--set seed=` and `--set until=`, and stronger than those. */
export function overridesOf(options: ScenarioOptions): string[] {
  const overrides = [...options.set];
  if (options.seed !== undefined) overrides.push(`seed=${options.seed}`);
  if (options.until !== undefined) overrides.push(`until=${options.until}`);
  return overrides;
}

/** The scenario; its problems go to stderr. @throws CliError if there are any. */
export function scenarioOf(file: string, options: ScenarioOptions): Scenario {
  const checked = loadScenario(file, overridesOf(options));
  if (checked.ok) return checked.value;
  printProblems(checked.problems);
  throw new CliError(ExitCode.usage, problemCount(checked.problems));
}

export function printProblems(problems: readonly ScenarioProblem[]): void {
  for (const problem of problems) warning(formatProblem(problem));
}

/** The file itself is what is wrong: it cannot be read, or is no text. Nothing is known of the scenario then. */
export function isUnreadable(file: string, problems: readonly ScenarioProblem[]): boolean {
  return problems.some((problem) => problem.file === file && problem.line === 0 && problem.path === '');
}

function problemCount(problems: readonly ScenarioProblem[]): string {
  return problems.length === 1 ? '1 problem in the scenario' : `${problems.length} problems in the scenario`;
}
