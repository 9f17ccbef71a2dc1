/** Verify a run file: read it back, execute its scenario again, compare every event. */
import { join } from 'node:path';
import { type Observable, tap } from 'rxjs';
import { ENGINE_VERSION } from '../run/engine-version.ts';
import { type EventBatch, lastTimeNs } from '../run/event-batch.ts';
import { planRun } from '../run/plan-run.ts';
import { runEvents } from '../run/run-events.ts';
import type { RunPlan } from '../run/run-plan.ts';
import { parseScenario } from '../scenario/parse-scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { formatProblem } from '../scenario/scenario-problem.ts';
import { RecordingError } from '../schedule/ftrace/recording-error.ts';
import { checkIntegrity, type IntegrityReport } from './check-integrity.ts';
import { compareWithReplay, type ReplayResult } from './compare-with-replay.ts';
import { isDriven, replayOfDriven } from './driven-replay.ts';
import type { ProgressListener } from './progress-listener.ts';
import type { RunHeader } from './run-header.ts';
import { openRun, type RunReader } from './run-reader.ts';

/** A stored run that cannot be executed again, here and now. The message says why. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
}

export interface VerifyOptions {
  /** False to check the file alone. Default true. */
  readonly replay?: boolean;
  /** Folder that the recordings are relative to. Default: that of the scenario. */
  readonly inputs?: string | undefined;
  /** Events per batch of the replay; makes no difference to the answer. Default: the engine's. */
  readonly batchRows?: number;
  /** Told of the replay. */
  readonly progress?: ProgressListener;
}

export interface Verification {
  readonly ok: boolean;
  readonly path: string;
  readonly integrity: IntegrityReport;
  /** What may explain a difference. */
  readonly notes: readonly string[];
  /** Absent if the file was damaged or no replay was wanted. */
  readonly replay: ReplayResult | undefined;
}

/**
 * @throws StoreError if the file is no run file; ReplayError if it cannot be executed again, or not without its recording.
 */
export async function verifyRun(path: string, options: VerifyOptions = {}): Promise<Verification> {
  const integrity = checkIntegrity(path);
  if (!integrity.isWhole || options.replay === false) {
    return { ok: integrity.isWhole, path, integrity, notes: [], replay: undefined };
  }
  const reader = openRun(path);
  try {
    const scenario = storedScenario(path, reader.header, options.inputs);
    const replay$ = isDriven(reader)
      ? replayOfDriven(reader, scenario, options)
      : await replayOfScheduled(reader, scenario, options);
    const replay = await compare(reader, replay$, options);
    return { ok: replay.kind === 'equal', path, integrity, notes: notesOn(reader), replay };
  } finally {
    reader.close();
  }
}

async function replayOfScheduled(
  { path, header }: RunReader,
  scenario: Scenario,
  { batchRows, progress }: VerifyOptions,
): Promise<Observable<EventBatch>> {
  const plan = await planAgain(path, scenario);
  checkInputs(path, header, plan);
  progress?.planned(plan.expectedEndNs);
  return runEvents(plan, batchRows === undefined ? {} : { batchRows });
}

/** The recordings of a stored run may have moved since. */
async function planAgain(path: string, scenario: Scenario): Promise<RunPlan> {
  try {
    return await planRun(scenario);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    throw new ReplayError(`${error.message}\n${path} was run from it; name the folder of its recordings with --inputs`);
  }
}

function storedScenario(path: string, header: RunHeader, inputs: string | undefined): Scenario {
  const { scenarioFile, scenarioText } = header;
  const file = inputs === undefined ? scenarioFile : join(inputs, 'scenario.yaml');
  const checked = parseScenario(scenarioText, file, [], { isStored: true });
  if (checked.ok) return { ...checked.value, file: scenarioFile, name: header.name };
  const [first] = checked.problems;
  const problem = first === undefined ? '' : formatProblem(first);
  throw new ReplayError(`${path}: this version cannot execute the stored scenario: ${problem}`);
}

/** A replay from other bytes would diverge for no reason of the engine's. */
function checkInputs(path: string, header: RunHeader, plan: RunPlan): void {
  for (const stored of header.inputs) {
    const found = plan.inputs.find((input) => input.path === stored.path);
    if (found?.sha256 === stored.sha256) continue;
    const hashes = `SHA-256 is ${found?.sha256}, was ${stored.sha256}`;
    throw new ReplayError(`${path}: the recording ${stored.path} is not the one that was run (${hashes})`);
  }
}

function compare(
  reader: RunReader,
  replay$: Observable<EventBatch>,
  { progress }: VerifyOptions,
): Promise<ReplayResult> {
  const tell = (batch: EventBatch): void => {
    if (batch.count > 0) progress?.progressed(lastTimeNs(batch), batch.firstSeq + batch.count - 1);
  };
  return compareWithReplay(reader, replay$.pipe(tap(tell)));
}

function notesOn({ header, status }: RunReader): string[] {
  const notes: string[] = [];
  if (header.engineVersion !== ENGINE_VERSION) {
    notes.push(`stored by engine version ${header.engineVersion}, executed by ${ENGINE_VERSION}`);
  }
  if (status !== 'completed') notes.push(`the run is ${status}: what it holds is compared`);
  return notes;
}
