/** From YAML text to a scenario, or to everything that is wrong with it. */
import { basename } from 'node:path';
import { checkAgainst } from './issue-text.ts';
import { applyOverrides, type Override, overridePlace } from './overrides.ts';
import { resolveScenario } from './resolve-scenario.ts';
import type { InputProblem } from './resolve-workloads.ts';
import type { Scenario } from './scenario.ts';
import type { Checked, Path, Report, ScenarioProblem } from './scenario-problem.ts';
import { scenarioSchema } from './scenario-schema.ts';
import { parseYaml, type YamlSource } from './yaml-source.ts';

/** More would not be read. */
const PROBLEMS_MAX = 100;

interface ParseOptions {
  /** Tells of files that the scenario names; by default they are looked at when the run is planned. */
  readonly inputProblem?: InputProblem;
  /** The text is that of a run, overrides and all: it was accepted before. */
  readonly isStored?: boolean;
}

/**
 * Check a scenario and fill in its defaults. Never throws for what the text says.
 * @param file how the user named the text; recordings are relative to its folder.
 * @param overrideTexts `path=value`, applied in order before anything is checked. One of `until` may cut the timeline short:
 * what comes later is then no problem here, but an import issue (command-after-end) of the run.
 */
export function parseScenario(
  text: string,
  file: string,
  overrideTexts: readonly string[] = [],
  { inputProblem = () => undefined, isStored = false }: ParseOptions = {},
): Checked<Scenario> {
  const parsed = parseYaml(text, file);
  if (!parsed.ok) return parsed;
  const source = parsed.value;
  const overridden = applyOverrides(source, overrideTexts);
  if (!overridden.ok) return overridden;
  const plain = source.toPlain();
  if (!plain.ok) return plain;

  const problems: ScenarioProblem[] = [];
  const report = reporter(source, overridden.value, problems);
  const input = checkAgainst(scenarioSchema, plain.value ?? {}, report);
  if (input === undefined) return { ok: false, problems: inOrder(problems) };
  const effectiveText = overrideTexts.length === 0 ? text : source.document.toString({ lineWidth: 0 });
  const isEndOfAuthor = !isStored && !overridden.value.some((override) => isPrefix(override.path, ['until']));
  const origin = { file, text: effectiveText, fallbackName: nameOf(file), inputProblem, isEndOfAuthor };
  const scenario = resolveScenario(input, origin, report);
  return problems.length === 0 ? { ok: true, value: scenario } : { ok: false, problems: inOrder(problems) };
}

/** Collects problems, each once, with the place where the author can mend it. */
function reporter(source: YamlSource, overrides: readonly Override[], problems: ScenarioProblem[]): Report {
  const seen = new Set<string>();
  return (path, message, options = {}) => {
    const text = path.join('.');
    if (problems.length >= PROBLEMS_MAX || seen.has(`${text}\n${message}`)) return;
    seen.add(`${text}\n${message}`);
    const override = overrides.findLast((candidate) => isPrefix(candidate.path, path));
    const place =
      override === undefined
        ? { file: source.file, ...source.placeOf(path, options.at ?? 'value') }
        : { file: overridePlace(override.text), line: 0, column: 0 };
    problems.push({ ...place, path: text, message, ...(options.hint === undefined ? {} : { hint: options.hint }) });
  };
}

function isPrefix(prefix: readonly string[], path: Path): boolean {
  return prefix.length <= path.length && prefix.every((step, depth) => step === String(path[depth]));
}

/** As one reads the file, overrides first. */
function inOrder(problems: readonly ScenarioProblem[]): readonly ScenarioProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** `scenarios/my run.yaml` to `my-run`. */
function nameOf(file: string): string {
  const stem = basename(file).replace(/\.[^.]*$/, '');
  return (
    stem
      .replaceAll(/[^A-Za-z0-9._-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 64) || 'scenario'
  );
}
