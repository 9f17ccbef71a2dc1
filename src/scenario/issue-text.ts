/** What the schema library found, in words that name the value and what is allowed. */
import { z } from 'zod';
import type { Path, Report, ReportOptions } from './scenario-problem.ts';
import { closestWord, didYouMean, listed } from './suggest.ts';

type Issue = z.core.$ZodIssue;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'a text',
  int: 'an integer',
  number: 'an integer',
  boolean: 'true or false',
};

/** How the library's own messages begin, where the schema gives none. */
const LIBRARY_MESSAGE = 'Invalid';

/** Finding what each of more keys could have meant takes longer than anybody would wait. */
const UNKNOWN_KEYS_MAX = 100;

/** Longest value that a message repeats. */
const VALUE_TEXT_MAX = 60;

/**
 * Check data against a schema and report each thing wrong.
 * @returns the schema's output, or undefined if anything was reported.
 */
export function checkAgainst<T>(schema: z.ZodType<T>, data: unknown, report: Report): T | undefined {
  const result = schema.safeParse(data, { error: knownKeys, reportInput: true });
  if (result.success) return result.data;
  for (const issue of result.error.issues) reportIssue(issue, [], report);
  return undefined;
}

/** An issue about unknown keys does not say which ones are known; its message carries them to `reportIssue`. */
function knownKeys(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== 'unrecognized_keys' || !(issue.inst instanceof z.ZodObject)) return undefined;
  return Object.keys(issue.inst.shape).join(' ');
}

function reportIssue(issue: Issue, prefix: Path, report: Report): void {
  const path: Path = [...prefix, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys.slice(0, UNKNOWN_KEYS_MAX)) {
      report([...path, key], 'unknown key', { hint: didYouMean(key, issue.message.split(' ')), at: 'key' });
    }
  } else if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    reportUnion(issue, path, report);
  } else {
    const { message, ...options } = wordsFor(issue, path);
    report(path, message, options);
  }
}

/**
 * What is wrong with the alternative that was most likely meant: the one with the least wrong. If several are as likely, or
 * a word is none of those allowed, the schema's own message for the choice, where it has one.
 */
function reportUnion(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, report: Report): void {
  const costs = issue.errors.map((branch) => branch.reduce((sum, inner) => sum + costOf(inner), 0));
  const least = Math.min(...costs);
  const likeliest = issue.errors[costs.indexOf(least)] ?? [];
  const isUnclear = costs.filter((cost) => cost === least).length > 1;
  const [only] = likeliest;
  const isOtherWord = only?.code === 'invalid_value' && only.path.length === 0;
  if ((isUnclear || isOtherWord) && !issue.message.startsWith(LIBRARY_MESSAGE)) {
    const hint = isOtherWord ? choiceWords(issue.input, only.values.map(String)).hint : undefined;
    report(path, `${valueText(issue.input)}; expected ${issue.message}`, { hint });
    return;
  }
  for (const inner of likeliest) reportIssue(inner, path, report);
}

/** A key too many or missing, or another kind of value, says more against an alternative than a bad value inside it. */
function costOf(issue: Issue): number {
  if (issue.code === 'unrecognized_keys') return 4 * issue.keys.length;
  const isOtherKind = issue.code === 'invalid_type' || (issue.code === 'invalid_value' && isRecord(issue.input));
  if (issue.path.length === 0 && isOtherKind) return 6;
  return issue.input === undefined ? 4 : 1;
}

function wordsFor(issue: Issue, path: Path): ReportOptions & { readonly message: string } {
  const value = valueText(issue.input);
  switch (issue.code) {
    case 'invalid_union':
      return discriminatorWords(issue);
    case 'invalid_value':
      return choiceWords(issue.input, issue.values.map(String));
    case 'invalid_key':
      return { message: `"${path.at(-1)}" cannot be a name here`, hint: keyHint(issue), at: 'key' };
    case 'invalid_type':
      return { message: `${value}; expected ${typeText(issue)}` };
    case 'too_small':
    case 'too_big':
      return { message: `${sizeText(issue)}; expected ${rangeText(issue)}` };
    case 'invalid_format':
      return { message: formText(issue) };
    case 'custom':
      return { message: `${value}; expected ${issue.message}`, hint: hintOf(issue) };
    default:
      return { message: issue.message };
  }
}

function choiceWords(input: unknown, allowed: readonly string[]): { message: string; hint?: string | undefined } {
  const expected = allowed.length === 1 ? allowed[0] : `one of ${listed(allowed, 24)}`;
  const closest = typeof input === 'string' ? closestWord(input, allowed) : undefined;
  const hint = closest === undefined ? undefined : `did you mean ${closest}?`;
  return { message: `${valueText(input)}; expected ${expected}`, hint };
}

/** The key that tells the alternatives apart names none of them; the issue's input is the whole mapping. */
function discriminatorWords(issue: Extract<Issue, { code: 'invalid_union' }>): ReturnType<typeof choiceWords> {
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  const found =
    isRecord(issue.input) && issue.discriminator !== undefined ? issue.input[issue.discriminator] : undefined;
  return choiceWords(found, options);
}

/** Of an integer that no number holds exactly, the range says more than the type. */
function typeText(issue: Extract<Issue, { code: 'invalid_type' }>): string {
  const isHuge = typeof issue.input === 'bigint' && !issue.message.startsWith(LIBRARY_MESSAGE);
  return isHuge ? issue.message : (TYPE_NAMES[issue.expected] ?? issue.expected);
}

function formText(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  const value = valueText(issue.input);
  if (!issue.message.startsWith(LIBRARY_MESSAGE)) return `${value}; expected ${issue.message}`;
  return `${value} does not have the form ${issue.pattern ?? issue.format}`;
}

function keyHint(issue: Extract<Issue, { code: 'invalid_key' }>): string {
  const format = issue.issues.find((inner) => inner.code === 'invalid_format');
  const isCpu = format !== undefined && String(format.pattern).includes('[1-9]');
  return isCpu ? 'use a CPU number' : 'use letters, digits, - and _, at most 64, starting with a letter or digit';
}

function hintOf(issue: Extract<Issue, { code: 'custom' }>): string | undefined {
  const hint = issue.params?.hint;
  return typeof hint === 'string' ? hint : undefined;
}

/** Numbers carry their range as the schema's message; the library knows only the limit that was passed. */
function rangeText(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  const limit = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  if (issue.origin === 'string') return `${limit} characters`;
  return issue.origin === 'array' ? `${limit} entries` : issue.message;
}

function sizeText(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.origin === 'array' && Array.isArray(issue.input)) return `a list of ${issue.input.length}`;
  if (issue.origin === 'string' && typeof issue.input === 'string') return `a text of ${issue.input.length} characters`;
  return valueText(issue.input);
}

/** A value as a message shows it. */
function valueText(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  if (isRecord(value)) return 'a mapping';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length <= VALUE_TEXT_MAX ? text : `${text.slice(0, VALUE_TEXT_MAX - 1)}…`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
