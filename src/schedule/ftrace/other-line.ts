/**
 * Lines of a recording that are no events: comments, the header lines of trace-cmd, and the notes about lost events.
 *
 * There are few of them, so this one works on strings.
 */

/** `cpuCount` is what `cpus=N` says, or -1 for other headers. */
export type OtherLine =
  | { readonly kind: 'blank' | 'comment' | 'lost-events' | 'unknown' }
  | { readonly kind: 'header'; readonly cpuCount: number };

/** `version = 6` and `cpus=20`: trace-cmd report begins with them. */
const HEADER = /^(?:version\s*=\s*\d+|cpus\s*=\s*(\d{1,6}))$/;
/** Kernel: `CPU:1 [LOST 61 EVENTS]`, `CPU:1 [LOST EVENTS]`. trace-cmd: `CPU:1 [61 EVENTS DROPPED]`, `[EVENTS DROPPED]`. */
const LOST_EVENTS = /^CPU:\s*\d+ +\[(?:LOST (?:\d+ )?EVENTS|(?:\d+ )?EVENTS DROPPED)\]$/;

export function otherLine(text: string): OtherLine {
  const line = text.trim();
  if (line === '') return { kind: 'blank' };
  if (line.startsWith('#')) return { kind: 'comment' };
  if (LOST_EVENTS.test(line)) return { kind: 'lost-events' };
  const header = HEADER.exec(line);
  if (header === null) return { kind: 'unknown' };
  return { kind: 'header', cpuCount: header[1] === undefined ? -1 : Number(header[1]) };
}
