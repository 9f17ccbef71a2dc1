/** A process that stores a synthetic run, to be killed: `node store-writer-child.ts PATH EVENTS thread|inline`. */
import { createRunStore } from '../../src/history/create-run-store.ts';
import { batchesOf, syntheticEvents, syntheticHeader } from './synthetic-events.ts';

export const CHILD_SEED = 23;

const [path, count, mode] = process.argv.slice(2);
if (path !== undefined) {
  const events = syntheticEvents(CHILD_SEED, Number(count));
  const store = createRunStore(path, syntheticHeader(), { thread: mode === 'thread', transactionRows: 500 });
  process.stdout.write('begun\n');
  for (const batch of batchesOf(events, 200)) store.append(batch);
  process.stdout.write('appended\n');
  await store.finish('completed', { counters: [], figures: {} });
  process.stdout.write('finished\n');
}
