/**
 * Latencies of one interval: count, mean and maximum exactly, percentiles from an HDR histogram of three figures, that is
 * within 0.1 %.
 */
import { createHistogram } from 'node:perf_hooks';

const FIGURES = 3;

/** Of requests that finished; times in whole ns, null where none did. */
export interface LatencyStatistics {
  readonly requests: number;
  readonly meanNs: number | null;
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
  readonly p999Ns: number | null;
  readonly maxNs: number | null;
}

const NO_LATENCIES: LatencyStatistics = {
  ...{ requests: 0, meanNs: null, p50Ns: null, p90Ns: null, p99Ns: null, p999Ns: null, maxNs: null },
};

export class RequestLatencies {
  readonly #histogram = createHistogram({ figures: FIGURES });
  #requests = 0;
  #sumNs = 0;
  #maxNs = 0;

  /** @param latencyNs whole ns, 0 to 2^53 - 1; the histogram counts 0 as 1. */
  record(latencyNs: number): void {
    this.#histogram.record(Math.max(1, latencyNs));
    this.#requests++;
    this.#sumNs += latencyNs;
    if (latencyNs > this.#maxNs) this.#maxNs = latencyNs;
  }

  /** What came since the last call. */
  take(): LatencyStatistics {
    if (this.#requests === 0) return NO_LATENCIES;
    const statistics = {
      requests: this.#requests,
      meanNs: Math.round(this.#sumNs / this.#requests),
      p50Ns: this.#percentile(50),
      p90Ns: this.#percentile(90),
      p99Ns: this.#percentile(99),
      p999Ns: this.#percentile(99.9),
      maxNs: this.#maxNs,
    };
    this.#histogram.reset();
    this.#requests = this.#sumNs = this.#maxNs = 0;
    return statistics;
  }

  /** The largest value that counts as the same; that may be more than the largest there was. */
  #percentile(percent: number): number {
    return Math.min(this.#histogram.percentile(percent), this.#maxNs);
  }
}
