/** `mpamlab verify`: is the file whole, and does executing it again give the same events? */
import { Command } from 'commander';
import type { ReplayResult } from '../../history/compare-with-replay.ts';
import type { Verification } from '../../history/verify-run.ts';
import { integerFrom, withExamples, withJson, withRunsFolder } from '../common-options.ts';
import { ExitCode } from '../exit-code.ts';
import { count, seconds } from '../output/format.ts';
import { print, printJson, styled } from '../output/terminal.ts';

interface VerifyCommandOptions {
  readonly runs: string;
  readonly inputs?: string;
  readonly batchRows: number;
  readonly replay: boolean;
  readonly json?: true;
}

export function verifyCommand(): Command {
  const command = new Command('verify')
    .description('check that a run file is whole, execute the run again and compare every event')
    .argument('<run>', 'file, name in the folder of runs, or "latest"')
    .option('--no-replay', 'only check that the file is as it was written')
    .option('--inputs <dir>', 'folder that the recordings are relative to; default: that of the scenario')
    .option(
      '--batch-rows <n>',
      'events per batch of the replay; must make no difference',
      integerFrom(1, 1_000_000),
      4096,
    )
    .action(verify);
  return withExamples(
    withJson(withRunsFolder(command)),
    'mpamlab verify latest',
    'mpamlab verify runs/recorded-kvm.db --batch-rows 100',
  );
}

async function verify(run: string, options: VerifyCommandOptions): Promise<void> {
  const { resolveRun } = await import('../run-names.ts');
  const { verifyRun } = await import('../../history/verify-run.ts');
  const { Progress } = await import('../output/progress.ts');
  const progress = new Progress('replayed');
  const { replay, inputs, batchRows } = options;
  try {
    const path = resolveRun(run, options.runs);
    const verification = await verifyRun(path, { replay, inputs, batchRows, progress });
    progress.finish();
    if (!verification.ok) process.exitCode = ExitCode.no;
    if (options.json) printJson(verification);
    else print(verificationText(verification));
  } finally {
    progress.finish();
  }
}

function verificationText({ ok, path, integrity, notes, replay }: Verification): string {
  const lines = [
    `${ok ? styled('green', 'verified') : styled('red', 'not verified')}: ${path}`,
    `file    ${integrity.summary}`,
    ...integrity.problems.map(({ area, message }) => `        ${area}: ${message}`),
    ...notes.map((note) => `note    ${note}`),
  ];
  if (replay !== undefined) lines.push(`replay  ${replayText(replay)}`);
  lines.push(`digest  ${integrity.digest}`);
  return lines.join('\n');
}

function replayText(replay: ReplayResult): string {
  switch (replay.kind) {
    case 'equal': {
      const { events, sideRows } = replay;
      if (events === 0) return 'nothing to compare: the run holds no events';
      return `${count(events)} events and ${count(sideRows)} side rows (names, issues, samples) executed again, all equal`;
    }
    case 'diverged': {
      const place = `seq ${replay.seq} (${seconds(replay.timeNs)}), ${replay.table}.${replay.field}`;
      return `diverged at ${place}: stored ${replay.stored ?? 'nothing'}, replayed ${replay.replayed ?? 'nothing'}`;
    }
    case 'side-diverged': {
      const place = `side row ${replay.side}, ${replay.table}.${replay.field}`;
      const [stored, replayed] = [replay.stored, replay.replayed].map((line) => line?.trimEnd() ?? 'nothing');
      return `events are equal, but ${place}, is not: stored ${stored}, replayed ${replayed}`;
    }
  }
}
