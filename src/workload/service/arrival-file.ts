/**
 * Arrival times of requests as text: one time a line since the run's start, ascending, in ns or with a unit: `1500`,
 * `1.5us`, `0.25 s`. Empty lines and what follows a # are left out.
 */
import type { ImportIssueKind } from '../../schedule/import-issue-kinds.ts';
import { visibleText } from '../../schedule/visible-text.ts';

export const ARRIVAL_ISSUE_KINDS = {
  'no-arrival-time': {
    outcome: 'dropped',
    meaning: 'The line is no time since the start of the run.',
    advice: 'Expected is a number of ns, or a number and one of the units ns, us, ms, s.',
  },
  'arrival-out-of-range': {
    outcome: 'dropped',
    meaning: 'The time is more than 104 days (2^53 ns).',
    advice: 'Check the unit: a number without one counts ns since the start of the run, not since 1970.',
  },
  'arrival-went-back': {
    outcome: 'dropped',
    meaning: 'The time is earlier than that of the line before it.',
    advice: 'Sort the file by time.',
  },
} as const satisfies Readonly<Record<string, ImportIssueKind>>;

type ArrivalIssueName = keyof typeof ARRIVAL_ISSUE_KINDS;

interface ArrivalIssue {
  /** 1-based. */
  readonly line: number;
  readonly kind: ArrivalIssueName;
  /** The line, shortened, control characters escaped. */
  readonly text: string;
}

export interface ArrivalFile {
  /** Whole ns since the run's start, never falling. */
  readonly timesNs: Float64Array;
  /** The first ISSUES_TOLD_MAX of them. */
  readonly issues: readonly ArrivalIssue[];
  /** Lines that gave no arrival though they should have, told or not. */
  readonly droppedLines: number;
}

/** Issues that are told one by one. */
const ISSUES_TOLD_MAX = 100;

const LF = 0x0a;
/** No time is longer, and no comment begins later. */
const LINE_BYTES_MAX = 256;
const ISSUE_TEXT_MAX = 80;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
const TIME = /^(\d{1,20})(?:\.(\d{1,40}))?\s*(ns|us|ms|s)?$/;
/** Decimal digits of a unit below its ns. */
const DIGITS_OF_UNIT: Readonly<Record<string, number>> = { ns: 0, us: 3, ms: 6, s: 9 };

/** Read the whole file's bytes. Anything that is no time becomes an issue; nothing throws. */
export function parseArrivalFile(bytes: Uint8Array): ArrivalFile {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const times: number[] = [];
  const issues: ArrivalIssue[] = [];
  let droppedLines = 0;
  for (let line = 1, from = 0; from < text.length; line++) {
    const found = text.indexOf(LF, from);
    const to = found === -1 ? text.length : found;
    // As latin1: every byte is one character, whatever the file really holds.
    const raw = text.toString('latin1', from, Math.min(to, from + LINE_BYTES_MAX));
    const isCut = to - from > LINE_BYTES_MAX && !raw.includes('#');
    const stated = line === 1 ? raw.replace(BYTE_ORDER_MARK, '') : raw;
    const time = isCut ? 'no-arrival-time' : arrivalOf(stated, times.at(-1) ?? 0);
    if (typeof time === 'number') times.push(time);
    else if (time !== undefined) {
      if (droppedLines++ < ISSUES_TOLD_MAX) {
        issues.push({ line, kind: time, text: visibleText(raw.slice(0, ISSUE_TEXT_MAX)) });
      }
    }
    from = to + 1;
  }
  return { timesNs: Float64Array.from(times), issues, droppedLines };
}

/** The time in ns, what is wrong with it, or undefined if the line holds none. What is below one ns is cut off. */
function arrivalOf(line: string, earliestNs: number): number | ArrivalIssueName | undefined {
  const text = line.replace(/#.*$/, '').trim();
  if (text === '') return undefined;
  const match = TIME.exec(text);
  if (match === null) return 'no-arrival-time';
  const [, whole = '', fraction = '', unit = 'ns'] = match;
  const digits = DIGITS_OF_UNIT[unit]!;
  const ns = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'));
  if (ns > BigInt(Number.MAX_SAFE_INTEGER)) return 'arrival-out-of-range';
  return Number(ns) < earliestNs ? 'arrival-went-back' : Number(ns);
}
