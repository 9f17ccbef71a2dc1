/**
 * Register commands of `mpamlab bus` in batches: read and written in turn, each write a change. Through the session alone, and
 * whole: over a pipe to a process that stores every command and every change.
 *
 * The floor is the number of commands per second that the protocol is to keep up with.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BusSession } from '../src/run/driven/bus-session.ts';
import { DrivenMachine } from '../src/run/driven/driven-machine.ts';
import { planDrivenRun } from '../src/run/driven/driven-plan.ts';
import { loadScenario } from '../src/scenario/load-scenario.ts';
import { printRatio } from './ratio.ts';

const FLOOR = 200_000;
const COMMANDS = 300_000;
const ROUNDS = 5;
const PROJECT = resolve(import.meta.dirname, '..');
const SCENARIO = join(PROJECT, 'scenarios/firmware-bench.yaml');

const PE_COMMANDS = (at: number): string =>
  at % 2 === 0 ? `pe 0 write MPAM2_EL2 0x${(1 + (at % 62)).toString(16)}0001` : 'pe 0 read MPAM2_EL2';
const MSC_COMMANDS = (at: number): string =>
  at % 2 === 0
    ? `msc mem-0 write MPAMCFG_MBW_MAX 0x${(1 + (at % 200)).toString(16)}00`
    : 'msc mem-0 read MPAMCFG_MBW_MAX';

export async function run(): Promise<void> {
  for (const [what, command] of [
    ['PE registers', PE_COMMANDS],
    ['MSC registers', MSC_COMMANDS],
  ] as const) {
    const lines = Array.from({ length: COMMANDS }, (_, at) => command(at));
    print(
      `bus, ${what}, no transport and no store`,
      median(ROUNDS, () => inProcess(lines)),
    );
    const overPipe: number[] = [];
    for (let round = 0; round < ROUNDS; round++) overPipe.push(await throughPipe(lines));
    print(`bus, ${what}, over a pipe and stored`, overPipe.sort((a, b) => a - b)[ROUNDS >> 1]!);
  }
}

function print(name: string, perSecond: number): void {
  printRatio({ name, unit: 'commands/s', goal: 1 }, { perSecond, floorPerSecond: FLOOR, ratio: perSecond / FLOOR });
}

function median(rounds: number, measure: () => number): number {
  return Array.from({ length: rounds }, measure).sort((a, b) => a - b)[rounds >> 1]!;
}

/** Commands per second through a session, without run file. */
function inProcess(lines: readonly string[]): number {
  const checked = loadScenario(SCENARIO);
  if (!checked.ok) throw new Error('the scenario of the bench has problems');
  const session = new BusSession(new DrivenMachine(planDrivenRun(checked.value)));
  const startedMs = performance.now();
  for (const line of lines) session.execute(line);
  return (lines.length * 1000) / (performance.now() - startedMs);
}

/** Commands per second of a process, from the first line sent to the last answer. */
async function throughPipe(lines: readonly string[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-bench-'));
  const args = [join(PROJECT, 'src/cli/main.ts'), 'bus', SCENARIO, '-o', join(folder, 'run.db')];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const answers = countedAnswers(child.stdout);
  child.stdin.write('hello\n');
  await answers(1);
  const startedMs = performance.now();
  child.stdin.end(`${lines.join('\n')}\n`);
  await answers(1 + lines.length);
  const elapsedMs = performance.now() - startedMs;
  await new Promise((done) => child.on('close', done));
  rmSync(folder, { recursive: true });
  return (lines.length * 1000) / elapsedMs;
}

/** Resolves when so many lines have come. */
function countedAnswers(output: NodeJS.ReadableStream): (count: number) => Promise<void> {
  let lines = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let resolveWanted = (): void => {};
  output.on('data', (piece: Buffer) => {
    for (let at = piece.indexOf(10); at !== -1; at = piece.indexOf(10, at + 1)) lines++;
    if (lines >= wanted) resolveWanted();
  });
  return (count) =>
    new Promise((done) => {
      wanted = count;
      resolveWanted = done;
      if (lines >= count) done();
    });
}
