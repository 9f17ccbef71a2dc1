/** A stored run that another program drove, executed again: its commands are in the file. */
import type { Observable } from 'rxjs';
import { EventKind, metaCode, metaKind, WORD_META, WORD_SUBJECT } from '../loop/event-row.ts';
import { RunCode, STARTED_DRIVEN } from '../run/codes.ts';
import { drivenEvents } from '../run/driven/driven-events.ts';
import { planDrivenRun } from '../run/driven/driven-plan.ts';
import type { EventBatch } from '../run/event-batch.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { RunReader } from './run-reader.ts';
import { describeSideLine } from './side-tables.ts';

/** The run was driven from outside: its first event says so. */
export function isDriven(reader: RunReader): boolean {
  const pieces = reader.events();
  const first = pieces.next();
  pieces.return?.();
  if (first.done === true) return false;
  const { rows } = first.value;
  const meta = rows[WORD_META];
  return metaKind(meta) === EventKind.run && metaCode(meta) === RunCode.start && rows[WORD_SUBJECT] === STARTED_DRIVEN;
}

/** @throws PlanError if the scenario does not have the machine any more. */
export function replayOfDriven(
  reader: RunReader,
  scenario: Scenario,
  options: { readonly batchRows?: number },
): Observable<EventBatch> {
  const plan = planDrivenRun(scenario, reader.header.machines[0]!.name);
  const { batchRows } = options;
  return drivenEvents(plan, storedCommands(reader), {
    hasEnded: reader.status === 'completed',
    ...(batchRows === undefined ? {} : { batchRows }),
  });
}

/** The commands in the order in which they were given. */
function* storedCommands(reader: RunReader): IterableIterator<string> {
  for (const line of reader.sideLines()) {
    const { table, columns } = describeSideLine(line);
    if (table === 'bus_command') yield* String(columns.get('text')).split('\n');
  }
}
