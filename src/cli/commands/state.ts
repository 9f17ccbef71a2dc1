/** `mpamlab state`: registers, labels, MSC settings and cache occupancy at a moment. */
import { Command, Option } from 'commander';
import type { CacheSnapshot } from '../../history/cache-states.ts';
import type { MscSnapshot } from '../../history/msc-states.ts';
import type { PeSnapshot } from '../../history/pe-states.ts';
import type { Moment } from '../../history/register-state.ts';
import type { RunReader } from '../../history/run-reader.ts';
import { listed } from '../../scenario/suggest.ts';
import { integerFrom, withExamples, withJson, withRunsFolder } from '../common-options.ts';
import { CliError, ExitCode } from '../exit-code.ts';
import { seconds } from '../output/format.ts';
import { print, printJson, warning } from '../output/terminal.ts';

interface StateOptions {
  readonly runs: string;
  readonly at?: string;
  readonly seq?: number;
  readonly pe?: number;
  readonly cpu?: number;
  readonly machine?: string;
  readonly json?: true;
}

export function stateCommand(): Command {
  const command = new Command('state')
    .description(
      'print the MPAM registers, the labels in force, the MSC settings and who holds the last caches, at a moment',
    )
    .argument('<run>', 'file, name in the folder of runs, or "latest"')
    .option('--at <time>', 'after all events up to that virtual time, e.g. 1.5s; default: the end of the run')
    .addOption(new Option('--seq <n>', 'after that event instead').argParser(integerFrom(0)).conflicts('at'))
    .option('--pe <n>', 'only that PE, no MSC and no cache; PEs are numbered through all machines', integerFrom(0))
    .option('--machine <name>', 'only that machine')
    .option('--cpu <n>', 'only that CPU of the machine, or of each, no MSC and no cache', integerFrom(0))
    .action(state);
  return withExamples(
    withJson(withRunsFolder(command)),
    'mpamlab state latest --at 1.5s --machine vhe-after-zero --cpu 0',
    'mpamlab state runs/guest-el1-label.db --seq 1000 --json',
  );
}

async function state(run: string, options: StateOptions): Promise<void> {
  const { resolveRun } = await import('../run-names.ts');
  const { openRun } = await import('../../history/run-reader.ts');
  const { cacheStates } = await import('../../history/cache-states.ts');
  const { mscStates } = await import('../../history/msc-states.ts');
  const { peStates } = await import('../../history/pe-states.ts');
  const { stateText } = await import('../output/state-text.ts');
  const { noteIfPartial } = await import('../partial-run.ts');
  const asked = await momentOf(options);
  const reader = openRun(resolveRun(run, options.runs));
  try {
    checkRanges(options, reader);
    noteIfPartial(reader);
    noteIfAfterEnd(asked, reader);
    const moment = asked ?? { seq: reader.lastSeq };
    const pes = chosen(peStates(reader.header, reader.registersAt(moment)), options);
    const mscs = ofMachine(mscStates(reader.header, reader.mscSettingsAt(moment)), options);
    const caches = ofMachine(lastCaches(cacheStates(reader.header, reader.occupancyAt(moment))), options);
    if (options.json) printJson({ ...moment, pes, mscs, caches });
    else print(stateText(pes, mscs, caches));
  } finally {
    reader.close();
  }
}

/** The moment that the options name, undefined for the end of the run. */
async function momentOf({ at, seq }: StateOptions): Promise<Moment | undefined> {
  if (seq !== undefined) return { seq };
  if (at === undefined) return undefined;
  const { parseDuration } = await import('../../scenario/quantities.ts');
  const timeNs = parseDuration(at);
  if (timeNs !== undefined) return { timeNs };
  throw new CliError(ExitCode.usage, `--at ${at} is not a time; write a number and a unit, e.g. 250us, 3ms, 1.5s`);
}

function checkRanges({ seq = 0, pe = 0 }: StateOptions, { lastSeq, header }: RunReader): void {
  if (seq > lastSeq) {
    const range = lastSeq === 0 ? 'the run has no events' : `the run has events 1 to ${lastSeq}`;
    throw new CliError(ExitCode.usage, `--seq ${seq} is after the end; ${range}`);
  }
  if (pe >= header.pes.length) {
    throw new CliError(ExitCode.usage, `--pe ${pe} is not there; the run has PEs 0 to ${header.pes.length - 1}`);
  }
}

function noteIfAfterEnd(asked: Moment | undefined, reader: RunReader): void {
  if (asked === undefined || !('timeNs' in asked) || reader.lastSeq === 0) return;
  const endNs = reader.lastTimeNs();
  if (asked.timeNs > endNs) warning(`note: the run ends at ${seconds(endNs)}: this is its state then`);
}

function chosen(states: readonly PeSnapshot[], options: StateOptions): PeSnapshot[] {
  const { pe, cpu, machine } = options;
  const own = machine === undefined ? states : states.filter((state) => state.machine === machine);
  if (own.length === 0) {
    const names = [...new Set(states.map((state) => state.machine))];
    throw new CliError(ExitCode.usage, `there is no machine "${machine}"; the run has ${listed(names)}`);
  }
  const matching = own.filter((state) => (pe ?? state.pe) === state.pe && (cpu ?? state.cpu) === state.cpu);
  if (matching.length === 0) throw new CliError(ExitCode.usage, noSuchPe(own, options));
  return matching;
}

/** Those that lead to memory: the ones that tenants share. */
function lastCaches(states: readonly CacheSnapshot[]): CacheSnapshot[] {
  return states.filter(({ outerCache }) => outerCache === null);
}

/** MSCs or caches of the machine; who asks for a PE does not ask for them. */
function ofMachine<State extends MscSnapshot | CacheSnapshot>(
  states: readonly State[],
  { pe, cpu, machine }: StateOptions,
): State[] {
  if (pe !== undefined || cpu !== undefined) return [];
  return states.filter((state) => (machine ?? state.machine) === state.machine);
}

/** Which PEs there are instead, by machine. */
function noSuchPe(states: readonly PeSnapshot[], { pe, cpu }: StateOptions): string {
  const machines = [...Map.groupBy(states, (state) => state.machine)].map(([name, pes]) => {
    return `${name} has PEs ${pes[0]!.pe} to ${pes.at(-1)!.pe}, which are its CPUs 0 to ${pes.at(-1)!.cpu}`;
  });
  const wanted = [...(pe === undefined ? [] : [`PE ${pe}`]), ...(cpu === undefined ? [] : [`CPU ${cpu}`])];
  return `${wanted.join(' and ')} is not there; ${listed(machines, 4)}`;
}
