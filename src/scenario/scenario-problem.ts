/** What is wrong with a scenario, told so that its author can put it right. */
import { visibleText } from '../schedule/visible-text.ts';

/** One thing wrong, with its place. */
export interface ScenarioProblem {
  /** The file as the user named it, or the override (`--set PATH=VALUE`) that brought the value in. */
  readonly file: string;
  /** 1-based; 0 where there is no place in a text (an unreadable file, an override). */
  readonly line: number;
  readonly column: number;
  /** Where in the structure: `machines.vhe-before.mode`; empty for the whole document. */
  readonly path: string;
  /** The value that is wrong and what it may be. */
  readonly message: string;
  /** What to do about it, if that is not plain from the message. */
  readonly hint?: string;
}

/** A scenario, or everything that keeps it from being one. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly ScenarioProblem[] };

/** Keys and list indexes from the root of the document. */
export type Path = readonly (string | number)[];

/** Takes a problem with the value at `path`; `at: 'key'` if the key itself is what is wrong. */
export type Report = (path: Path, message: string, options?: ReportOptions) => void;

export interface ReportOptions {
  readonly hint?: string | undefined;
  readonly at?: 'key' | 'value';
}

/**
 * `file:line:column: path: message (hint)`, as compilers and editors write it: one line that a terminal shows as it is, whatever
 * the scenario holds.
 */
export function formatProblem(problem: ScenarioProblem): string {
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  const subject = problem.path === '' ? '' : `${problem.path}: `;
  const hint = problem.hint === undefined ? '' : ` (${problem.hint})`;
  return visibleText(`${place}: ${subject}${problem.message}${hint}`);
}
