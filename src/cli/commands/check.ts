/** `mpamlab check`: is this scenario right, and what would it build? */
import { Command } from 'commander';
import { withExamples, withJson, withScenarioChanges } from '../common-options.ts';
import { ExitCode } from '../exit-code.ts';
import { print, printJson } from '../output/terminal.ts';
import type { ScenarioOptions } from '../scenario-input.ts';

interface CheckOptions extends ScenarioOptions {
  readonly json?: true;
}

export function checkCommand(): Command {
  const command = new Command('check')
    .description('validate a scenario and its recording, and print what would be built')
    .argument('<scenario>', 'scenario file (YAML)')
    .action(check);
  return withExamples(
    withJson(withScenarioChanges(command)),
    'mpamlab check scenarios/guest-el1-label.yaml',
    'mpamlab check scenarios/guest-el1-label.yaml --set machine.pes=4 --json',
  );
}

async function check(file: string, options: CheckOptions): Promise<void> {
  const { loadScenario } = await import('../../scenario/load-scenario.ts');
  const { isUnreadable, overridesOf, printProblems } = await import('../scenario-input.ts');
  const { scenarioOverview } = await import('../output/scenario-overview.ts');
  const checked = loadScenario(file, overridesOf(options));
  if (!checked.ok) {
    process.exitCode = isUnreadable(file, checked.problems) ? ExitCode.usage : ExitCode.no;
    if (options.json) printJson(checked);
    else printProblems(checked.problems);
    return;
  }
  const { planRun } = await import('../../run/plan-run.ts');
  const plan = await planRun(checked.value);
  if (options.json) {
    const { machines, inputs, expectedEndNs } = plan;
    printJson({ ok: true, scenario: { ...checked.value, text: undefined }, plan: { machines, inputs, expectedEndNs } });
  } else {
    print(scenarioOverview(checked.value, plan));
  }
}
