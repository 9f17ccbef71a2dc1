/**
 * One look over a recording before it is used: which file it is (hash), what time it covers, how many CPUs, and which
 * threads belong to which process.
 *
 * Leaves out: the events themselves. Lines that cannot be used are counted here and named by recordedSchedule().
 */
import { createHash } from 'node:crypto';
import { LASTED_NS_MAX } from '../../loop/event-row.ts';
import { ascii, startsAt, textOf } from './bytes.ts';
import { EventLine } from './event-line.ts';
import { foreignFormat, looksBinary } from './foreign-format.ts';
import { LineSplitter } from './line-splitter.ts';
import { otherLine } from './other-line.ts';
import { RecordingError } from './recording-error.ts';
import { RECORDING_HINT, RecordingFile } from './recording-file.ts';
import { absoluteNs, RelativeTime } from './recording-time.ts';

/** What a recording is. Times are absolute on its clock, in ns: exact below 2^53 (see absoluteNs). */
export interface RecordingSurvey {
  /** SHA-256 of the file as it is on disk, hexadecimal. */
  readonly sha256: string;
  /** Size of the file as it is on disk. */
  readonly byteLength: number;
  /** Time of the first event line. */
  readonly firstTimeNs: number;
  /** The latest time of an event line. */
  readonly lastTimeNs: number;
  /** Highest plausible CPU number of an event line, plus 1. */
  readonly cpuCount: number;
  /** Process ids by thread id; empty if the recording has no TGID column. */
  readonly tgidByTid: ReadonlyMap<number, number>;
  readonly lines: number;
  readonly eventLines: number;
  /** kvm_entry lines; 0 if the recording does not show when guests run. */
  readonly guestEntries: number;
  /** `cpus=20`, `version = 6`. */
  readonly headerLines: number;
  readonly commentLines: number;
  /** Everything else: blank lines, notes about lost events, lines that cannot be read. */
  readonly otherLines: number;
}

/** Linux on arm64 can be built for 4096 CPUs; a higher number is a damaged line. */
const CPUS_MAX = 4096;
const GUEST_ENTRY = ascii('kvm_entry');
const SHOWN_CHARACTERS_MAX = 60;

/**
 * Reads the whole recording at `path` once. Rejects with a RecordingError if there is no such file, or it has no event
 * line that can be used.
 */
export async function surveyRecording(path: string): Promise<RecordingSurvey> {
  const survey = new Survey(path);
  const lines = new LineSplitter();
  const file = await RecordingFile.open(path);
  try {
    for await (const chunk of file.chunks((bytes) => survey.addStored(bytes))) {
      survey.begin(chunk);
      lines.push(chunk);
      while (lines.next()) survey.addLine(lines);
    }
    if (file.damage?.isTextWhole === false) lines.abandon();
    lines.finish();
    while (lines.next()) survey.addLine(lines);
  } finally {
    await file.close();
  }
  return survey.result();
}

/** The survey under way. */
class Survey {
  readonly #path: string;
  readonly #hash = createHash('sha256');
  readonly #event = new EventLine();
  readonly #tgidByTid = new Map<number, number>();
  #byteLength = 0;
  #hasBegun = false;
  #looksBinary = false;
  #lines = 0;
  #eventLines = 0;
  #guestEntries = 0;
  #headerLines = 0;
  #commentLines = 0;
  #firstUnknown = '';
  /** CPU numbers from here on are damaged lines. */
  #cpuLimit = CPUS_MAX;
  #cpuCount = 0;
  #firstTimeNs = 0;
  /** Undefined until the first usable event line. */
  #sinceFirst: RelativeTime | undefined;
  #lastNs = 0;
  #lastTimeNs = 0;

  constructor(path: string) {
    this.#path = path;
  }

  addStored(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#byteLength += bytes.length;
  }

  /** Looks at the first chunk only. Throws a RecordingError for a file of a known other format. */
  begin(text: Uint8Array): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const foreign = foreignFormat(text);
    if (foreign !== undefined) throw new RecordingError(this.#path, foreign.found, foreign.hint);
    this.#looksBinary = looksBinary(text);
  }

  addLine(line: LineSplitter): void {
    this.#lines++;
    if (line.fault !== undefined) return;
    if (this.#event.parse(line.bytes, line.from, line.to)) {
      this.#addEvent(line.bytes);
    } else {
      this.#addOther(textOf(line.bytes, line.from, line.to));
    }
  }

  /** Throws a RecordingError if there was nothing to use. */
  result(): RecordingSurvey {
    if (this.#sinceFirst === undefined) throw this.#nothingToUse();
    return {
      sha256: this.#hash.digest('hex'),
      byteLength: this.#byteLength,
      firstTimeNs: this.#firstTimeNs,
      lastTimeNs: this.#lastTimeNs,
      cpuCount: this.#cpuCount,
      tgidByTid: this.#tgidByTid,
      lines: this.#lines,
      eventLines: this.#eventLines,
      guestEntries: this.#guestEntries,
      headerLines: this.#headerLines,
      commentLines: this.#commentLines,
      otherLines: this.#lines - this.#eventLines - this.#headerLines - this.#commentLines,
    };
  }

  #addEvent(bytes: Uint8Array): void {
    this.#eventLines++;
    const { tid, cpu, seconds, nanoseconds, nameFrom, nameTo } = this.#event;
    if (nameTo - nameFrom === GUEST_ENTRY.length && startsAt(bytes, nameFrom, GUEST_ENTRY)) this.#guestEntries++;
    const tgid = this.#event.tgid(bytes);
    if (tgid !== -1 && !this.#tgidByTid.has(tid)) this.#tgidByTid.set(tid, tgid);
    if (cpu >= this.#cpuLimit) return;
    if (cpu >= this.#cpuCount) this.#cpuCount = cpu + 1;
    if (this.#sinceFirst === undefined) {
      this.#firstTimeNs = this.#lastTimeNs = absoluteNs(seconds, nanoseconds);
      this.#sinceFirst = new RelativeTime(this.#firstTimeNs);
    }
    const ns = this.#sinceFirst.of(seconds, nanoseconds);
    if (ns <= this.#lastNs || ns > LASTED_NS_MAX) return;
    this.#lastNs = ns;
    this.#lastTimeNs = absoluteNs(seconds, nanoseconds);
  }

  #addOther(text: string): void {
    const other = otherLine(text);
    if (other.kind === 'comment') this.#commentLines++;
    if (other.kind === 'unknown' && this.#firstUnknown === '') this.#firstUnknown = text.trim();
    if (other.kind !== 'header') return;
    this.#headerLines++;
    if (other.cpuCount > 0) this.#cpuLimit = Math.min(this.#cpuLimit, other.cpuCount);
  }

  #nothingToUse(): RecordingError {
    if (this.#byteLength === 0) return new RecordingError(this.#path, 'is empty', RECORDING_HINT);
    if (this.#looksBinary) return new RecordingError(this.#path, 'is not text', RECORDING_HINT);
    const shown = JSON.stringify(this.#firstUnknown.slice(0, SHOWN_CHARACTERS_MAX));
    const lines = `${this.#lines} ${this.#lines === 1 ? 'line' : 'lines'}`;
    const found =
      this.#firstUnknown === ''
        ? `has ${lines}, but no event that can be used`
        : `has no event line; the first of ${lines} is ${shown}`;
    return new RecordingError(this.#path, found, RECORDING_HINT);
  }
}
