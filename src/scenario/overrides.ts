/** `--set path=value`: changes to a scenario from the command line, made before it is judged. */
import { isMap, isSeq, parseDocument } from 'yaml';
import type { Checked, ScenarioProblem } from './scenario-problem.ts';
import { syntaxMessage, type YamlSource } from './yaml-source.ts';

export interface Override {
  /** As it was given: `machine.mode=nvhe`. */
  readonly text: string;
  /** Keys and list indexes, as texts. */
  readonly path: readonly string[];
}

/**
 * Put every override into the source's document, in order. Missing mappings on the way are made; the value is YAML,
 * so lists and mappings in flow style work: `cpu_defaults={0: gold}`.
 */
export function applyOverrides(source: YamlSource, texts: readonly string[]): Checked<readonly Override[]> {
  const overrides: Override[] = [];
  const problems: ScenarioProblem[] = [];
  for (const text of texts) {
    const problem = applyOverride(source, text, overrides);
    if (problem !== undefined) problems.push(overrideProblem(text, problem.path, problem.message));
  }
  return problems.length === 0 ? { ok: true, value: overrides } : { ok: false, problems };
}

/** How an override is named as the place of a problem. */
export function overridePlace(text: string): string {
  return `--set ${text.length > 80 ? `${text.slice(0, 79)}…` : text}`;
}

function overrideProblem(text: string, path: string, message: string): ScenarioProblem {
  return { file: overridePlace(text), line: 0, column: 0, path, message };
}

function applyOverride(
  source: YamlSource,
  text: string,
  overrides: Override[],
): { readonly path: string; readonly message: string } | undefined {
  const equals = text.indexOf('=');
  const dotted = text.slice(0, Math.max(equals, 0)).trim();
  const path = dotted.split('.');
  if (equals === -1 || path.some((step) => step === '' || step === '__proto__')) {
    return { path: '', message: 'is not of the form path=value, e.g. machine.mode=nvhe or timeline.0.at=5ms' };
  }
  const value = parseDocument(text.slice(equals + 1), {
    intAsBigInt: true,
    stringKeys: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const fault = value.errors[0] ?? value.warnings[0];
  if (fault !== undefined) return { path: dotted, message: `the value is not YAML: ${syntaxMessage(fault.message)}` };
  const obstacle = obstacleOnTheWay(source, path);
  if (obstacle !== undefined) return { path: dotted, message: obstacle };
  source.document.setIn(path, value.contents);
  overrides.push({ text, path });
  return undefined;
}

/** Why nothing can be set at `path`, or undefined. */
function obstacleOnTheWay(source: YamlSource, path: readonly string[]): string | undefined {
  let node: unknown = source.document.contents;
  for (const [depth, step] of path.entries()) {
    if (node === null || node === undefined) return undefined;
    const where = depth === 0 ? 'the scenario' : path.slice(0, depth).join('.');
    if (isSeq(node)) {
      const isIndex = /^\d{1,9}$/.test(step) && Number(step) <= node.items.length;
      if (!isIndex) return `${where} is a list of ${node.items.length}; "${step}" is no index of it`;
    } else if (!isMap(node)) {
      return `${where} is neither a mapping nor a list (or an alias), so it has no "${step}"`;
    }
    node = node.get(step, true);
  }
  return undefined;
}
