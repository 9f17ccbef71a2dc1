/**
 * Patterns for thread names: literal text, `*` for any text (also none), and `{vcpu}` for a number to be captured.
 *
 * `CPU {vcpu}/KVM` is what QEMU calls its vCPU threads under debug-threads=on. `{vcpu}` takes all the digits
 * at a place, so a token matches there in one way or not at all, and a match never has to be searched for.
 */

/** Parts of a pattern. A text stands for itself. */
type Token = string | typeof ANY_TEXT | typeof VCPU_NUMBER;
const ANY_TEXT = Symbol('*');
const VCPU_NUMBER = Symbol('{vcpu}');

/** Linux names have at most 15 characters (TASK_COMM_LEN). A longer one comes from a damaged line. */
const COMM_CHARS_MAX = 255;
/** The largest vCPU number of any VM (KVM_MAX_VCPU_IDS is smaller). */
export const VCPU_MAX = 4095;

/** A compiled pattern. */
export interface CommPattern {
  readonly tokens: readonly Token[];
}

/** What is wrong with a pattern, as a sentence, or undefined. */
export function commPatternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'the pattern is empty and matches no thread; use * to match every name';
  const captures = pattern.match(/\{[^}]*\}?/g) ?? [];
  const unknown = captures.find((capture) => capture !== '{vcpu}');
  if (unknown !== undefined) return `"${unknown}" in "${pattern}" is unknown; the only placeholder is {vcpu}`;
  if (captures.length > 1) return `"${pattern}" has {vcpu} ${captures.length} times; once is allowed`;
  return undefined;
}

/** Compile a pattern that has no problem. */
export function compileCommPattern(pattern: string): CommPattern {
  const parts = pattern.split(/(\*+|\{vcpu\})/).filter((part) => part !== '');
  return { tokens: parts.map(tokenOf) };
}

function tokenOf(part: string): Token {
  if (part === '{vcpu}') return VCPU_NUMBER;
  return part.startsWith('*') ? ANY_TEXT : part;
}

/**
 * Match a whole thread name.
 * @returns the captured number (at most VCPU_MAX), -1 if the pattern captures none, or undefined for no match.
 */
export function matchComm(pattern: CommPattern, comm: string): number | undefined {
  if (comm.length > COMM_CHARS_MAX) return undefined;
  const tokens = pattern.tokens;
  let at = 0;
  let token = 0;
  let vcpu = -1;
  // Where to go on when a token fails: the last * takes one character more. An earlier * need not be tried again,
  // because everything behind it up to the last one has matched as early as possible.
  let anyToken = -1;
  let anyEnd = 0;
  for (;;) {
    const wanted = tokens[token];
    if (wanted === ANY_TEXT) {
      anyToken = token++;
      anyEnd = at;
      continue;
    }
    const end = wanted === undefined ? -1 : endOfToken(wanted, comm, at);
    if (end >= 0) {
      if (wanted === VCPU_NUMBER) vcpu = Number(comm.slice(at, end));
      at = end;
      token++;
      continue;
    }
    if (wanted === undefined && at === comm.length) return vcpu <= VCPU_MAX ? vcpu : undefined;
    if (anyToken < 0 || anyEnd >= comm.length) return undefined;
    at = ++anyEnd;
    token = anyToken + 1;
  }
}

/** Where a token that starts at `at` ends, or -1 if it does not match there. */
function endOfToken(token: Exclude<Token, typeof ANY_TEXT>, comm: string, at: number): number {
  if (typeof token === 'string') return comm.startsWith(token, at) ? at + token.length : -1;
  let end = at;
  while (isDigit(comm.charCodeAt(end))) end++;
  return end > at ? end : -1;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}
