/**
 * What can be wrong inside a memory trace: what it is, what became of it, what to do. Same pattern as the issues of recorded
 * schedules (schedule/import-issue-kinds.ts); the names are stable.
 *
 * A damaged file may hold millions of bad records: of each kind the first ones are told one by one, the rest as one sum.
 */
import type { ImportIssueKind } from '../../schedule/import-issue-kinds.ts';
import { visibleText } from '../../schedule/visible-text.ts';

export const TRACE_ISSUE_KINDS = {
  'bad-trace-line': {
    outcome: 'dropped',
    meaning: "The line is not in the trace's format, or a number in it is out of range.",
    advice: 'Name the format if it was recognised wrongly; else the file is damaged, or a program wrote into it.',
  },
  'trace-line-too-long': {
    outcome: 'dropped',
    meaning: 'The line has more than 4,096 bytes.',
    advice: 'The file is damaged, or something else was written into it.',
  },
  'bad-trace-record': {
    outcome: 'dropped',
    meaning: 'A record holds what no record of the format can hold.',
    advice: 'Check that the trace is in the format that was named; else the file is damaged.',
  },
  'not-an-access': {
    outcome: 'dropped',
    meaning:
      'A record of the format that makes no access: a Dinero escape record, copy-back or invalidate, a SCSI command that is neither read nor write.',
    advice:
      'Nothing to do, unless there are many: op in libcachesim-csv is a SCSI operation code in hex (28 read, 2a write), no word.',
  },
  'unknown-record-type': {
    outcome: 'dropped',
    meaning: 'Records of a type that is not known, or cannot be used; told once for each type.',
    advice: 'Check that the trace was written by drraw2trace (offline, 64-bit), and not damaged on its way.',
  },
  'cut-record': {
    outcome: 'dropped',
    meaning: 'The trace ends in the middle of a record.',
    advice: 'Copy the trace again.',
  },
  'instruction-gap-cut': {
    outcome: 'repaired',
    meaning: 'More than 2^24 - 1 instructions between two accesses: a run executes that many.',
    advice: 'Check the instruction counts of the trace; real gaps of this size are a few ms without any access.',
  },
  'object-id-cut': {
    outcome: 'repaired',
    meaning: 'Object ids of 2^58 and more: used without their upper 6 bits. Told once.',
    advice: 'Two objects are taken for one if only these bits tell them apart: rare, as such ids are hashes.',
  },
  'damaged-compression': {
    outcome: 'dropped',
    meaning: 'The compressed file is damaged or ends too early: everything before that was used.',
    advice: 'Copy or compress the trace again; gzip -t, xz -t, zstd -t or unzip -t tell whether a file is whole.',
  },
} as const satisfies Readonly<Record<string, ImportIssueKind>>;

export type TraceIssueName = keyof typeof TRACE_ISSUE_KINDS;

export interface TraceIssue {
  /** 1-based number of the line, or of the record in formats of fixed-size records; 0 for the file as a whole. */
  readonly line: number;
  readonly kind: TraceIssueName;
  /** The offending text or an explanation; at most about ISSUE_TEXT_MAX characters, control characters escaped. */
  readonly text: string;
  /** Lines or records that this issue stands for: mostly 1; more in a sum. */
  readonly count: number;
}

/** Issues of one kind that are told one by one. */
export const ISSUES_TOLD_MAX = 100;
const ISSUE_TEXT_MAX = 200;

interface Rest {
  told: number;
  /** Not told, and the line of the first of them. */
  untold: number;
  line: number;
}

/** Passes issues on as they come, up to the bound; `finish` tells of the rest. */
export class TraceIssueLog {
  readonly #onIssue: (issue: TraceIssue) => void;
  readonly #restByKind = new Map<TraceIssueName, Rest>();

  constructor(onIssue: (issue: TraceIssue) => void) {
    this.#onIssue = onIssue;
  }

  report(kind: TraceIssueName, line: number, text: string, count = 1): void {
    if (this.#mayTell(kind, line)) this.#onIssue({ kind, line, text: printable(text), count });
  }

  /** As `report`, the text being bytes[from..to) of the input: made only if it is told. */
  reportBytes(kind: TraceIssueName, line: number, bytes: Uint8Array, from: number, to: number): void {
    if (!this.#mayTell(kind, line)) return;
    // A character is up to 4 bytes long.
    const shown = bytes.subarray(from, Math.min(to, from + 4 * ISSUE_TEXT_MAX));
    this.#onIssue({ kind, line, text: printable(new TextDecoder().decode(shown)), count: 1 });
  }

  /** To be called once, at the end. */
  finish(): void {
    for (const [kind, { untold, line }] of this.#restByKind) {
      if (untold > 0) this.#onIssue({ kind, line, text: `and ${untold} more, from here on`, count: untold });
    }
  }

  #mayTell(kind: TraceIssueName, line: number): boolean {
    let rest = this.#restByKind.get(kind);
    if (rest === undefined) {
      rest = { told: 0, untold: 0, line: 0 };
      this.#restByKind.set(kind, rest);
    }
    if (rest.told < ISSUES_TOLD_MAX) {
      rest.told++;
      return true;
    }
    if (rest.untold++ === 0) rest.line = line;
    return false;
  }
}

function printable(text: string): string {
  return visibleText(text.length > ISSUE_TEXT_MAX ? `${text.slice(0, ISSUE_TEXT_MAX - 1)}…` : text);
}
