/** The miss-ratio curves of one tenant, made while its trace is played back. */
import type { StudyHierarchy } from '../../scenario/study/study-hierarchy.ts';
import { comparisonSizes, curveError } from '../../workload/miss-ratio-curve/curve-error.ts';
import { ExactCurve } from '../../workload/miss-ratio-curve/exact-curve.ts';
import { SampledCurve } from '../../workload/miss-ratio-curve/sampled-curve.ts';
import { WayCurve } from '../../workload/miss-ratio-curve/way-curve.ts';
import type { CurveOptions } from './trace-study-options.ts';
import type { CurveResult, ExactCurveResult, SampledCurveResult } from './trace-study-result.ts';

/** A reference to a set with more ways costs too much time. */
const CURVE_WAYS_MAX = 64;

export class TenantCurves {
  readonly #exact: ExactCurve | undefined;
  readonly #sampled: SampledCurve | undefined;
  readonly #byWays: WayCurve | undefined;
  #references = 0;

  constructor({ exact, sampleRate }: CurveOptions, { llc }: StudyHierarchy) {
    if (sampleRate !== undefined) this.#sampled = new SampledCurve(sampleRate);
    if (!exact) return;
    this.#exact = new ExactCurve();
    if (llc !== undefined) this.#byWays = new WayCurve(llc.sets, Math.min(llc.ways, CURVE_WAYS_MAX));
  }

  /**
   * The tenant references a line.
   * @param line physical number; it depends on the other tenants and on the caches.
   * @param key of its virtual number, which does not: the sample is the same in every study.
   */
  touch(line: number, key: number): void {
    this.#references++;
    this.#exact?.touch(line);
    this.#sampled?.touch(line, key);
    this.#byWays?.touch(line);
  }

  result(): CurveResult {
    const byWays = this.#byWays;
    return {
      references: this.#references,
      exact: this.#exact === undefined ? undefined : exactResult(this.#exact),
      sampled: this.#sampled === undefined ? undefined : sampledResult(this.#sampled, this.#exact),
      byWays: byWays === undefined ? undefined : { sets: byWays.sets, misses: byWays.misses() },
    };
  }
}

function exactResult(curve: ExactCurve): ExactCurveResult {
  const sizes = doublingSizes(curve.lines);
  const points = curve.missesAt(sizes).map((misses, at) => {
    return { lines: sizes[at], misses, missRatio: misses / curve.references };
  });
  return { footprintLines: curve.lines, points };
}

function sampledResult(curve: SampledCurve, exact: ExactCurve | undefined): SampledCurveResult {
  const { rate, sampledLines, sampledReferences } = curve;
  const all = doublingSizes(exact?.lines ?? Math.round(sampledLines / rate));
  const resolved = all.filter((size) => size * rate >= 1);
  const sizes = resolved.length === 0 ? all.slice(-1) : resolved;
  const points = curve.at(sizes).map((point, at) => ({ lines: sizes[at], ...point }));
  return { rate, sampledLines, sampledReferences, points, error: exact && errorOf(curve, exact) };
}

function errorOf(estimate: SampledCurve, exact: ExactCurve): ReturnType<typeof curveError> {
  const sizes = comparisonSizes(exact.lines);
  return curveError(
    exact.missesAt(sizes).map((misses) => misses / exact.references),
    estimate.at(sizes).map(({ missRatio }) => missRatio),
  );
}

/** 1, 2, 4 ... lines, up to the first size that holds everything. */
function doublingSizes(footprintLines: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < 2 * footprintLines; size *= 2) sizes.push(size);
  return sizes;
}
