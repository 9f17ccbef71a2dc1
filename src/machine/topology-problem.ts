/** What is wrong with a topology: where, what was found, what is allowed. */

export interface TopologyProblem {
  /** Keys of the draft from its root: `['l3', 'controls', 'cpbmWd']`; empty for the whole. */
  readonly path: readonly (string | number)[];
  /** The value found, as a text. */
  readonly value: string;
  /** What it may be, with the reason where that depends on another member. Members are named as in the draft. */
  readonly allowed: string;
  readonly hint?: string;
}

/** Takes a problem at a place that the caller has settled, or below it. */
export type TellProblem = (
  below: readonly (string | number)[],
  value: string | number | boolean | undefined,
  allowed: string,
  hint?: string,
) => void;

/** A `TellProblem` that adds to a list. */
export function tellInto(problems: TopologyProblem[], path: TopologyProblem['path']): TellProblem {
  return (below, value, allowed, hint) => {
    const problem = { path: [...path, ...below], value: String(value ?? 'missing'), allowed };
    problems.push(hint === undefined ? problem : { ...problem, hint });
  };
}
