/** The caches of a study from a YAML file, with every problem at its line and column. */
import { readText } from '../load-scenario.ts';
import type { Checked, ScenarioProblem } from '../scenario-problem.ts';
import { parseYaml } from '../yaml-source.ts';
import { resolveHierarchy } from './resolve-hierarchy.ts';
import type { StudyHierarchy } from './study-hierarchy.ts';

/** Read and check a file. One that cannot be read is a problem like any other. */
export function loadHierarchy(file: string): Checked<StudyHierarchy> {
  const text = readText(file);
  return text.ok ? parseHierarchy(text.value, file) : text;
}

/** Check a YAML text. @param file how the user named it. */
export function parseHierarchy(text: string, file: string): Checked<StudyHierarchy> {
  const source = parseYaml(text, file);
  if (!source.ok) return source;
  const plain = source.value.toPlain();
  if (!plain.ok) return plain;
  const problems: ScenarioProblem[] = [];
  const hierarchy = resolveHierarchy(plain.value, (path, message, { hint, at = 'value' } = {}) => {
    const place = source.value.placeOf(path, at);
    problems.push({ file, ...place, path: path.join('.'), message, ...(hint === undefined ? {} : { hint }) });
  });
  return hierarchy === undefined ? { ok: false, problems } : { ok: true, value: hierarchy };
}
