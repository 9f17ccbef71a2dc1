/** A run as a stream: subscribe, and the plan is executed from its start. */
import { Observable, takeWhile } from 'rxjs';
import { Engine } from './engine.ts';
import type { EventBatch } from './event-batch.ts';
import type { RunPlan } from './run-plan.ts';

export interface RunOptions {
  /** Rows per batch: more is faster to a point, fewer is sooner on disk. The run's digest does not depend on it. */
  readonly batchRows?: number;
  /** Ends the run between two steps when it emits: the events so far are published, and no end event is written. */
  readonly interrupt$?: Observable<unknown>;
  /** Told the engine that was made, for those who want to look at the live machine. */
  readonly onEngine?: (engine: Engine) => void;
}

const DEFAULT_BATCH_ROWS = 4096;

/**
 * Execute a plan. Cold: each subscription is one execution from time 0. Batches are views on the machine's block and
 * are delivered synchronously, so a slow consumer holds the run back. An error of the schedule, or of the engine, becomes
 * the stream's error; the whole steps before it have been published.
 */
export function runEvents(plan: RunPlan, options: RunOptions = {}): Observable<EventBatch> {
  return new Observable<EventBatch>((subscriber) => {
    const { registry, schedule$ } = plan.openSchedule();
    const publish = (batch: EventBatch): void => subscriber.next(batch);
    const engine = new Engine(plan, registry, { batchRows: options.batchRows ?? DEFAULT_BATCH_ROWS, publish });
    options.onEngine?.(engine);
    subscriber.add(() => engine.close());
    let isOver = false;
    /** Do the engine's next piece of work, its last if it says so: errors must not get lost in RxJS's handlers. */
    const work = (piece: () => 'goes on' | 'is over'): void => {
      if (isOver) return;
      try {
        isOver = piece() === 'is over';
        if (isOver) subscriber.complete();
      } catch (error) {
        isOver = true;
        engine.publishWholeSteps();
        subscriber.error(error);
      }
    };
    const finish = (): 'is over' => {
      engine.finish();
      return 'is over';
    };
    const stopEarly = (): 'is over' => {
      engine.publish();
      return 'is over';
    };
    subscriber.add(options.interrupt$?.subscribe(() => work(stopEarly)));
    work(() => {
      engine.start();
      return 'goes on';
    });
    // A synchronous schedule goes on until asked: unsubscribing reaches it only after its last batch.
    const driving = schedule$.pipe(takeWhile(() => !subscriber.closed)).subscribe({
      next: (batch) => work(() => (engine.consume(batch) ? 'goes on' : finish())),
      error: (error: unknown) =>
        work(() => {
          engine.publish();
          throw error;
        }),
      complete: () => {
        if (!subscriber.closed) work(finish);
      },
    });
    subscriber.add(driving);
    if (isOver) driving.unsubscribe();
  });
}
