/** Miss-ratio curves of a memory-trace study, as parts of its report. */
import type { CurveResult, TraceStudyResult } from '../../run/trace-study/trace-study-result.ts';
import { bytes, count, percent } from './format.ts';
import { table } from './table.ts';
import { heading } from './terminal.ts';

interface NamedCurve {
  readonly name: string;
  readonly curve: CurveResult;
}

/** Nothing if no curves were asked for. */
export function curveParts({ tenants, lineBytes }: TraceStudyResult): string[] {
  const curves = tenants.flatMap(({ name, curve }) => (curve === undefined ? [] : [{ name, curve }]));
  if (curves.length === 0) return [];
  const parts = [
    `${heading('Miss ratio of each tenant alone, fully associative LRU')}\n${sizeTable(curves, lineBytes)}`,
  ];
  const samples = curves.flatMap((entry) => sampleText(entry));
  if (samples.length > 0) parts.push(`${heading('Sampling')}\n${samples.join('\n')}`);
  if (curves.some(({ curve }) => curve.byWays !== undefined)) {
    parts.push(`${heading('Misses of each tenant alone in the LLC’s sets, LRU')}\n${wayTable(curves)}`);
  }
  return parts;
}

/** One line per size; for each tenant a column per method. */
function sizeTable(curves: readonly NamedCurve[], lineBytes: number): string {
  const columns = curves.flatMap(({ name, curve: { exact, sampled } }) => [
    ...(exact === undefined
      ? []
      : [{ title: name, cells: new Map(exact.points.map((p) => [p.lines, percent(p.missRatio)])) }]),
    ...(sampled === undefined
      ? []
      : [
          {
            title: `${name}, sampled`,
            cells: new Map(
              sampled.points.map((p) => [p.lines, `${percent(p.missRatio)} ± ${percent(p.standardError)}`]),
            ),
          },
        ]),
  ]);
  const sizes = [...new Set(columns.flatMap(({ cells }) => [...cells.keys()]))].toSorted((a, b) => a - b);
  const rows = sizes.map((lines) => {
    return [count(lines), bytes(lines * lineBytes), ...columns.map(({ cells }) => cells.get(lines) ?? '')];
  });
  return table(['lines', 'size', ...columns.map(({ title }) => title)], rows);
}

function sampleText({ name, curve: { sampled, references } }: NamedCurve): string[] {
  if (sampled === undefined) return [];
  const { rate, sampledLines, sampledReferences, points, error } = sampled;
  const taken = `${count(sampledLines)} lines and ${count(sampledReferences)} of ${count(references)} references`;
  const largest = Math.max(0, ...points.map(({ standardError }) => standardError));
  const certainty =
    error === undefined
      ? `estimated standard error at most ${largest.toFixed(4)}`
      : `mean absolute error ${error.meanAbsolute.toFixed(4)}, largest ${error.largest.toFixed(4)}`;
  return [`${name}: rate ${rate.toPrecision(3)}, ${taken}; ${certainty}`];
}

function wayTable(curves: readonly NamedCurve[]): string {
  const misses = curves.map(({ curve }) => curve.byWays?.misses ?? []);
  const ways = Math.max(...misses.map((list) => list.length));
  const rows = Array.from({ length: ways }, (_, way) => [way + 1, ...misses.map((list) => count(list[way] ?? 0))]);
  return table(['ways', ...curves.map(({ name }) => name)], rows);
}
