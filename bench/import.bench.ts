/**
 * Importing a recorded schedule: lines per second, from the file on disk to rows in batches.
 *
 * Floor: node:readline splitting the same file into lines and doing nothing with them. For scale: a bare search for line
 * ends in memory. The recording is the excerpt of the tests, repeated to about a million lines, its time moved on.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { lastValueFrom, tap } from 'rxjs';
import { Bench } from 'tinybench';
import { recordedSchedule } from '../src/schedule/ftrace/recorded-schedule.ts';
import { type RecordingSurvey, surveyRecording } from '../src/schedule/ftrace/recording-survey.ts';
import { Registry } from '../src/schedule/registry.ts';
import { printRatio } from './ratio.ts';
import { readLines } from './read-lines.ts';

const EXCERPT = resolve(import.meta.dirname, '../test/fixtures/kvm-light-excerpt/kvm-light-excerpt.trace.gz');
const REPEATS = 250;
/** The excerpt lasts 1.2 s. */
const REPEAT_SECONDS = 2;
const GOAL = 0.4;
const LF = 0x0a;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-import-'));
  try {
    const text = repeatedRecording();
    const plain = join(folder, 'recording');
    const gzipped = join(folder, 'recording.gz');
    writeFileSync(plain, text);
    writeFileSync(gzipped, gzipSync(text));
    await measure(text, plain, gzipped, await surveyRecording(plain));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(text: Buffer, plain: string, gzipped: string, survey: RecordingSurvey): Promise<void> {
  const bench = new Bench({ time: 3000, iterations: 5, warmupTime: 1000, warmupIterations: 2 });
  bench.add('newlines', () => newlinesIn(text));
  bench.add('readline', () => readLines(plain));
  bench.add('readline gzip', () => readLines(gzipped));
  bench.add('survey', () => surveyRecording(plain));
  bench.add('import', () => importAll(plain, survey));
  bench.add('import gzip', () => importAll(gzipped, survey));
  await bench.run();

  const perSecond = (task: string): number => linesPerSecond(bench, task, survey.lines);
  const print = (name: string, path: string, floor: string): void => {
    const result = { perSecond: perSecond(path), floorPerSecond: perSecond(floor) };
    printRatio({ name, unit: 'lines/s', goal: GOAL }, { ...result, ratio: result.perSecond / result.floorPerSecond });
  };
  print('recording import; floor: readline', 'import', 'readline');
  print('recording import, gzip; floor: readline', 'import gzip', 'readline gzip');
  print('recording survey; floor: readline', 'survey', 'readline');
  const scale = (perSecond('newlines') / 1e6).toFixed(0);
  console.log(`  for scale: a bare search for line ends in memory finds ${scale} M lines/s`);
}

async function importAll(path: string, survey: RecordingSurvey): Promise<void> {
  const registry = new Registry();
  const { firstTimeNs: originNs, cpuCount, tgidByTid } = survey;
  let rows = 0;
  const use = tap((batch: { readonly count: number }) => {
    rows += batch.count;
    registry.takeSideRows();
  });
  await lastValueFrom(recordedSchedule(path, registry, { originNs, cpuCount, tgidByTid }).pipe(use));
  if (rows === 0) throw new Error('the import made no rows');
}

function newlinesIn(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) count++;
  return count;
}

function repeatedRecording(): Buffer {
  const lines = gunzipSync(readFileSync(EXCERPT)).toString('latin1').trimEnd().split('\n');
  const events = lines.filter((line) => !line.startsWith('#'));
  const repeats = Array.from({ length: REPEATS }, (_, repeat) =>
    events
      .map((line) => line.replace(/\d+(?=\.\d{6}: )/, (s) => String(Number(s) + repeat * REPEAT_SECONDS)))
      .join('\n'),
  );
  return Buffer.from(`${repeats.join('\n')}\n`, 'latin1');
}

function linesPerSecond(bench: Bench, task: string, lines: number): number {
  const result = bench.getTask(task)?.result;
  if (result?.state !== 'completed') throw new Error(`bench task ${task} did not complete: ${result?.state}`);
  return (lines * 1000) / result.latency.p50;
}
