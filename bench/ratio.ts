/** One path beside its floor, in one process and one tinybench run: what is quoted is the ratio. */
import { Bench } from 'tinybench';

export interface RatioRow {
  readonly name: string;
  /** How many operations one call of `run` and of `floor` does. */
  readonly operations: number;
  readonly unit: string;
  /** The ratio that design section 11 asks for. */
  readonly goal: number;
  readonly run: () => void;
  readonly floor: () => void;
}

export interface RatioResult {
  readonly perSecond: number;
  readonly floorPerSecond: number;
  readonly ratio: number;
}

/** Measure both, in turn, and print one line. Medians, as the machines are noisy. */
export async function measureRatio(row: RatioRow): Promise<RatioResult> {
  const bench = new Bench({ time: 1500, warmupTime: 500 });
  bench.add('floor', row.floor);
  bench.add('path', row.run);
  await bench.run();
  const floorPerSecond = perSecond(bench, 'floor', row.operations);
  const runPerSecond = perSecond(bench, 'path', row.operations);
  const ratio = runPerSecond / floorPerSecond;
  printRatio(row, { perSecond: runPerSecond, floorPerSecond, ratio });
  return { perSecond: runPerSecond, floorPerSecond, ratio };
}

/** The line that every bench prints. */
export function printRatio(row: Pick<RatioRow, 'name' | 'unit' | 'goal'>, result: RatioResult): void {
  const verdict = result.ratio >= row.goal ? 'reached' : 'MISSED';
  const columns = [
    row.name.padEnd(44),
    `${millions(result.perSecond)} ${row.unit}`.padEnd(24),
    `floor ${millions(result.floorPerSecond)}`.padEnd(18),
    `ratio ${result.ratio.toFixed(2)}`.padEnd(12),
    `goal ${row.goal} ${verdict}`,
  ];
  console.log(columns.join(' '));
}

function perSecond(bench: Bench, name: string, operations: number): number {
  const result = bench.getTask(name)?.result;
  if (result?.state !== 'completed') throw new Error(`bench task ${name} did not complete: ${result?.state}`);
  return (operations * 1000) / result.latency.p50;
}

const millions = (value: number): string => `${(value / 1e6).toFixed(2)} M`;
