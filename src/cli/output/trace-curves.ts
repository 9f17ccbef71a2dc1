/** Miss-ratio curves of a memory-trace study, as parts of its report. */
import type {
  CurveResult,
  ExactCurveResult,
  SampledCurveResult,
  TraceStudyResult,
} from '../../run/trace-study/trace-study-result.ts';
import { bytes, count, percent } from './format.ts';
import { table } from './table.ts';
import { heading } from './terminal.ts';

interface NamedCurve {
  readonly name: string;
  readonly curve: CurveResult;
}

/** What the curves are of: not of what L1 and L2 let through to the LLC. */
const STREAM = 'all its accesses (before L1 and L2)';

/** Nothing if no curves were asked for. */
export function curveParts({ tenants, lineBytes }: TraceStudyResult): string[] {
  const curves = tenants.flatMap(({ name, curve }) => (curve === undefined ? [] : [{ name, curve }]));
  if (curves.length === 0) return [];
  const parts = [
    `${heading(`Miss ratio of each tenant alone, ${STREAM}, fully associative LRU`)}\n${sizeTable(curves, lineBytes)}`,
  ];
  const samples = curves.flatMap((entry) => sampleText(entry));
  if (samples.length > 0) parts.push(`${heading('Sampling')}\n${samples.join('\n')}`);
  if (curves.some(({ curve }) => curve.byWays !== undefined)) {
    parts.push(`${heading(`Misses of each tenant alone, ${STREAM}, in the LLC’s sets, LRU`)}\n${wayTable(curves)}`);
  }
  return parts;
}

/** One line per size; for each tenant a column per method. */
function sizeTable(curves: readonly NamedCurve[], lineBytes: number): string {
  const columns = curves.flatMap(({ name, curve: { exact, sampled } }) => [
    ...(exact === undefined ? [] : [columnOf(name, exact.points, (point) => percent(point.missRatio))]),
    ...(sampled === undefined
      ? []
      : [
          columnOf(`${name}, sampled`, sampled.points, ({ missRatio, standardError }) => {
            return `${percent(missRatio)} ± ${percent(standardError)}`;
          }),
        ]),
  ]);
  const sizes = [...new Set(columns.flatMap(({ lines }) => lines))].toSorted((a, b) => a - b);
  const rows = sizes.map((lines) => [
    count(lines),
    bytes(lines * lineBytes),
    ...columns.map(({ cell }) => cell(lines)),
  ]);
  return table(['lines', 'size', ...columns.map(({ title }) => title)], rows);
}

interface CurveColumn {
  readonly title: string;
  /** Sizes of the curve, ascending. */
  readonly lines: readonly number[];
  /** Beyond its last size, which holds everything, a curve stays as it is; below its first one it is not known. */
  readonly cell: (lines: number) => string;
}

function columnOf<Point extends { readonly lines: number }>(
  title: string,
  points: readonly Point[],
  text: (point: Point) => string,
): CurveColumn {
  const cell = (lines: number): string => {
    const point = points.findLast((candidate) => candidate.lines <= lines);
    return point === undefined ? '' : text(point);
  };
  return { title, lines: points.map(({ lines }) => lines), cell };
}

function sampleText({ name, curve: { exact, sampled, references } }: NamedCurve): string[] {
  if (sampled === undefined) return [];
  const { rate, sampledLines, sampledReferences, points, error } = sampled;
  const taken = `${count(sampledLines)} lines and ${count(sampledReferences)} of ${count(references)} references`;
  const certainty =
    error === undefined || exact === undefined
      ? `estimated standard error at most ${Math.max(0, ...points.map((point) => point.standardError)).toFixed(4)}`
      : `mean absolute error ${error.meanAbsolute.toFixed(4)}, ` +
        `largest at a size shown ${largestError(exact, sampled).toFixed(4)}`;
  return [`${name}: rate ${rate.toPrecision(3)}, ${taken}; ${certainty}`];
}

/** Over the sizes of the sampled curve, all of which the exact one has. */
function largestError({ points }: ExactCurveResult, sampled: SampledCurveResult): number {
  const exact = new Map(points.map(({ lines, missRatio }) => [lines, missRatio]));
  const errors = sampled.points.map(({ lines, missRatio }) => Math.abs(missRatio - (exact.get(lines) ?? Number.NaN)));
  return Math.max(0, ...errors);
}

function wayTable(curves: readonly NamedCurve[]): string {
  const misses = curves.map(({ curve }) => curve.byWays?.misses ?? []);
  const ways = Math.max(...misses.map((list) => list.length));
  const rows = Array.from({ length: ways }, (_, way) => [way + 1, ...misses.map((list) => count(list[way] ?? 0))]);
  return table(['ways', ...curves.map(({ name }) => name)], rows);
}
