/** What the command and its simulation thread see of each other while the simulation runs. */
import type { SimulationObserver } from '../../history/simulate-scenario.ts';

const END_NS = 0;
const TIME_NS = 1;
const EVENTS = 2;
const FIGURES = 3;

/** Figures are written by one side and read by the other now and then; they need not be of the same moment. */
export class SharedState {
  readonly buffer: SharedArrayBuffer;
  readonly #interrupted: Int32Array;
  readonly #figures: Float64Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8 + FIGURES * 8)) {
    this.buffer = buffer;
    this.#interrupted = new Int32Array(buffer, 0, 1);
    this.#figures = new Float64Array(buffer, 8, FIGURES);
  }

  interrupt(): void {
    Atomics.store(this.#interrupted, 0, 1);
  }

  /** Virtual end in ns, 0 before it is known. */
  get endNs(): number {
    return this.#figures[END_NS]!;
  }

  get timeNs(): number {
    return this.#figures[TIME_NS]!;
  }

  get events(): number {
    return this.#figures[EVENTS]!;
  }

  /** The simulation's side. */
  observer(): SimulationObserver {
    return {
      planned: (endNs) => {
        this.#figures[END_NS] = endNs;
      },
      progressed: (timeNs, events) => {
        this.#figures[TIME_NS] = timeNs;
        this.#figures[EVENTS] = events;
      },
      isInterrupted: () => Atomics.load(this.#interrupted, 0) !== 0,
    };
  }
}
