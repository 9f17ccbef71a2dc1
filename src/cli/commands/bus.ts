/** `mpamlab bus`: a machine that another program drives, line by line. */
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { DrivenRun } from '../../history/driven-run.ts';
import type { SimulationTarget } from '../../history/run-target.ts';
import type { BusAddress } from '../bus/client-server.ts';
import type { ClientEnd } from '../bus/serve-client.ts';
import { fileName, integerFrom, repeatable, withExamples, withRunsFolder } from '../common-options.ts';
import { ExitCode } from '../exit-code.ts';
import { seconds } from '../output/format.ts';
import { warning } from '../output/terminal.ts';
import { stopOnSignals } from '../stop-on-signals.ts';

interface BusCommandOptions {
  readonly runs: string;
  readonly set: readonly string[];
  readonly seed?: string;
  readonly machine?: string;
  readonly socket?: string;
  readonly port?: number;
  readonly output?: string;
  readonly force?: true;
  readonly store: boolean;
}

export function busCommand(): Command {
  const command = new Command('bus')
    .description('let another program drive a machine: a line protocol over stdin and stdout, or a socket')
    .argument('<scenario>', 'scenario file (YAML); its tenants and schedule are not run')
    .option('--machine <name>', 'which machine of the scenario; default: the first')
    .option('--seed <n>', 'start of the random streams, instead of the scenario’s')
    .addOption(repeatable(new Option('--set <path=value>', 'change a value of the scenario, e.g. machine.pes=4')))
    .addOption(new Option('--socket <path>', 'serve clients on a Unix socket').argParser(fileName).conflicts('port'))
    .option('--port <n>', 'serve clients on a port of 127.0.0.1; 0: any that is free', integerFrom(0, 65_535))
    .option(
      '-o, --output <file>',
      'the run file; default: NAME.db in the folder of runs, else NAME-2.db, ...',
      fileName,
    )
    .option('-f, --force', 'replace a run that is there already, once the new one has ended')
    .option('--no-store', 'keep no run file')
    .action(bus);
  return withExamples(
    withRunsFolder(command),
    'mpamlab bus scenarios/firmware-bench.yaml < commands.txt',
    'mpamlab bus scenarios/firmware-bench.yaml --socket /tmp/mpamlab.sock --no-store',
  ).addHelpText('after', '\nThe protocol is told in docs/bus.md; the first line to send is: hello');
}

async function bus(file: string, options: BusCommandOptions): Promise<void> {
  const { scenarioOf } = await import('../scenario-input.ts');
  const scenario = scenarioOf(file, options);
  const { planDrivenRun } = await import('../../run/driven/driven-plan.ts');
  const plan = planDrivenRun(scenario, options.machine);
  const { DrivenRun } = await import('../../history/driven-run.ts');
  const run = new DrivenRun(plan, options.store ? targetOf(scenario.name, options) : undefined);
  const stop = stopOnSignals();
  try {
    const end = await serve(run, options, stop);
    const stored = await run.finish(end === 'stopped');
    const time = seconds(run.machine.nowNs);
    const kept =
      stored === undefined ? 'not stored' : `${stored.path}, ${stored.lastSeq} events, digest ${stored.digest}`;
    warning(`mpamlab: the run ended at ${time}: ${kept}`);
    if (end === 'stopped') process.exitCode = ExitCode.interrupted;
  } catch (error) {
    await run.fail();
    throw error;
  } finally {
    // Sockets and pipes that a client holds open must not keep the process.
    process.stdin.destroy();
  }
}

async function serve({ session }: DrivenRun, options: BusCommandOptions, stop: AbortSignal): Promise<ClientEnd> {
  const address = addressOf(options);
  if (address === undefined) {
    const { serveClient } = await import('../bus/serve-client.ts');
    const { standardStreams } = await import('../bus/standard-streams.ts');
    const streams = standardStreams();
    const end = await serveClient(session, streams, stop);
    // Answers that nobody reads must not keep the process.
    if (end === 'stopped') streams.output.destroy();
    return end;
  }
  const { ClientServer } = await import('../bus/client-server.ts');
  const server = new ClientServer(session, stop);
  warning(`mpamlab: listening on ${await server.listen(address)}`);
  return server.serve();
}

function addressOf({ socket, port }: BusCommandOptions): BusAddress | undefined {
  if (socket !== undefined) return { path: socket };
  return port === undefined ? undefined : { port };
}

function targetOf(name: string, { runs, output, force }: BusCommandOptions): SimulationTarget {
  const path = output ?? join(runs, `${name}.db`);
  if (force) return { path, ifExists: 'replace' };
  return { path, ifExists: output === undefined ? 'number' : 'refuse' };
}
