/**
 * Latencies of one interval: count, mean and maximum exactly, percentiles from an HDR histogram of three figures, that is
 * within 0.1 %.
 */
import { createHistogram } from 'node:perf_hooks';

const FIGURES = 3;

/** Times in whole ns. */
export interface RequestStatistics {
  readonly requests: number;
  readonly meanNs: number;
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
  readonly p999Ns: number;
  readonly maxNs: number;
}

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

  /** What came since the last call; undefined if nothing did. */
  take(): RequestStatistics | undefined {
    if (this.#requests === 0) return undefined;
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
