/** A driven run executed again from its commands, as a stream of the same events. */
import { Observable } from 'rxjs';
import type { EventBatch } from '../event-batch.ts';
import { BusSession } from './bus-session.ts';
import { DrivenMachine } from './driven-machine.ts';
import type { DrivenPlan } from './driven-plan.ts';

export interface DrivenReplayOptions {
  /** The run came to its end; else it was left after the last command, or in its middle. */
  readonly hasEnded: boolean;
  readonly batchRows?: number;
}

/** Cold: each subscription is one execution. Batches are views on the machine's block, delivered synchronously. */
export function drivenEvents(
  plan: DrivenPlan,
  commands: Iterable<string>,
  { hasEnded, ...options }: DrivenReplayOptions,
): Observable<EventBatch> {
  return new Observable((subscriber) => {
    const machine = new DrivenMachine(plan, { ...options, publish: (batch) => subscriber.next(batch) });
    const session = new BusSession(machine);
    for (const text of commands) {
      if (subscriber.closed) return;
      session.execute(text);
    }
    if (hasEnded) machine.finish();
    else machine.leave();
    subscriber.complete();
  });
}
