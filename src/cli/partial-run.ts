/** Answers from a run that did not reach its end must not be taken for those of a whole one. */
import type { RunStatus } from '../history/finish-run.ts';
import type { RunReader } from '../history/run-reader.ts';
import { seconds } from './output/format.ts';
import { warning } from './output/terminal.ts';

const ENDED: Readonly<Record<Exclude<RunStatus, 'completed'>, string>> = {
  running: 'is still being written, and has come to',
  interrupted: 'was interrupted at',
  failed: 'failed at',
};

/** Say on stderr that a run is not whole, if it is not. */
export function noteIfPartial(reader: RunReader): void {
  const { status, lastSeq } = reader;
  if (lastSeq === 0) warning(`note: the run (${status}) holds no events`);
  else if (status !== 'completed') {
    warning(`note: the run ${ENDED[status]} ${seconds(reader.lastTimeNs())}: answers cover what it holds`);
  }
}
