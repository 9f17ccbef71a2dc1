/** How far an estimated miss-ratio curve is from the exact one. */

export interface CurveError {
  /** Mean of the absolute differences of miss ratios over the sizes compared. */
  readonly meanAbsolute: number;
  readonly largest: number;
}

/** Sizes (lines) at which curves are compared: up to `count` of them, evenly spaced, the last one the footprint. */
export function comparisonSizes(footprintLines: number, count = 256): number[] {
  const steps = Math.min(count, footprintLines);
  return Array.from({ length: steps }, (_, step) => Math.ceil(((step + 1) * footprintLines) / steps));
}

/** @param exact @param estimated miss ratios at the same sizes. */
export function curveError(exact: readonly number[], estimated: readonly number[]): CurveError {
  const differences = exact.map((ratio, at) => Math.abs(ratio - estimated[at]));
  const sum = differences.reduce((total, difference) => total + difference, 0);
  return {
    meanAbsolute: differences.length === 0 ? 0 : sum / differences.length,
    largest: Math.max(0, ...differences),
  };
}
