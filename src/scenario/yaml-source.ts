/**
 * A YAML text as plain data, with the way back from a path in the data to a place in the text.
 *
 * Everything a hostile or damaged file can do is bounded here: size, depth, number of values (so that aliases cannot
 * multiply), duplicate keys, keys that are special to JavaScript, tags that would bring other types in. Integers keep
 * their exact value: those beyond 2^53 stay BigInt, for 64-bit register values.
 */
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import type { Checked, Path, ScenarioProblem } from './scenario-problem.ts';

/** Scenarios are written by hand; what is larger is not a scenario. */
export const SCENARIO_BYTES_MAX = 4 * 1024 * 1024;
const DEPTH_MAX = 32;
const VALUES_MAX = 200_000;
/** A damaged text can have an error in every line; the first few tell the story. */
const SYNTAX_PROBLEMS_MAX = 5;

const SECOND_DOCUMENT =
  'another YAML document begins here; a scenario is one document, so remove this and what follows';

interface Place {
  /** 1-based; 0 for no place. */
  readonly line: number;
  readonly column: number;
}

const NO_PLACE: Place = { line: 0, column: 0 };

/** Parse a text. Only its syntax is judged here. */
export function parseYaml(text: string, file: string): Checked<YamlSource> {
  if (Buffer.byteLength(text) > SCENARIO_BYTES_MAX) {
    return failed(file, NO_PLACE, `is larger than ${SCENARIO_BYTES_MAX} bytes; is this a scenario?`);
  }
  const nul = text.indexOf('\0');
  if (nul !== -1) return failed(file, placeInText(text, nul), 'NUL byte; a scenario is a text file in UTF-8');
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    intAsBigInt: true,
    stringKeys: true,
    // Found in YamlSource.toPlain: the library's own check takes quadratic time.
    uniqueKeys: false,
    prettyErrors: false,
    // At 'silent' the library passes over a second document.
    logLevel: 'error',
  });
  const faults = [...document.errors, ...document.warnings].slice(0, SYNTAX_PROBLEMS_MAX);
  if (faults.length === 0) return { ok: true, value: new YamlSource(document, file, lines) };
  const problems = faults.map((fault) => {
    const { line, col: column } = lines.linePos(fault.pos[0]);
    return { file, line, column, path: '', message: syntaxMessage(fault.message) };
  });
  return { ok: false, problems };
}

/** A text without syntax errors. Its document may be changed before `toPlain`; places stay those of the text. */
export class YamlSource {
  readonly document: Document;
  readonly file: string;
  readonly #lines: LineCounter;
  readonly #anchors = new Map<string, unknown>();
  readonly #aliasTargets = new Map<unknown, unknown>();
  #valuesLeft = VALUES_MAX;
  #problem: ScenarioProblem | undefined;

  constructor(document: Document, file: string, lines: LineCounter) {
    this.document = document;
    this.file = file;
    this.#lines = lines;
  }

  /** The content as strings, numbers, bigints, booleans, arrays and objects. An empty value (null) is undefined. */
  toPlain(): Checked<unknown> {
    const value = this.#plain(this.document.contents, [], false);
    return this.#problem === undefined ? { ok: true, value } : { ok: false, problems: [this.#problem] };
  }

  /** Where the value or the key at `path` is; for what is not there, where its nearest ancestor is. */
  placeOf(path: Path, at: 'key' | 'value'): Place {
    let node: unknown = this.document.contents;
    let found = this.#startOf(node) ?? { line: 1, column: 1 };
    for (const [depth, step] of path.entries()) {
      const target = this.#aliasTargets.get(node) ?? node;
      if (isSeq(target)) {
        node = target.items[Number(step)];
      } else if (isMap(target)) {
        const pair = target.items.find((candidate) => keyText(candidate.key) === String(step));
        const wantsKey = at === 'key' && depth === path.length - 1;
        found = this.#startOf(pair?.key) ?? found;
        if (wantsKey) return found;
        node = pair?.value;
      } else {
        return found;
      }
      found = this.#startOf(node) ?? found;
    }
    return found;
  }

  #plain(node: unknown, path: Path, insideAlias: boolean): unknown {
    if (this.#problem !== undefined) return undefined;
    if (--this.#valuesLeft < 0) return this.#fail(path, `more than ${VALUES_MAX} values (an alias counts at each use)`);
    if (path.length > DEPTH_MAX) return this.#fail(path, `nested more than ${DEPTH_MAX} levels deep`);
    if (isAlias(node)) {
      const target = this.#aliasTargets.get(node) ?? this.#anchors.get(node.source);
      this.#aliasTargets.set(node, target);
      return target === undefined ? this.#fail(path, `no anchor &${node.source}`) : this.#plain(target, path, true);
    }
    if (!insideAlias && isNode(node) && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) return this.#plainMap(node, path, insideAlias);
    if (isSeq(node)) return node.items.map((item, index) => this.#plain(item, [...path, index], insideAlias));
    return this.#plainScalar(isScalar(node) ? node.value : node, path);
  }

  #plainMap(map: YAMLMap, path: Path, insideAlias: boolean): Record<string, unknown> | undefined {
    const entries = new Map<string, unknown>();
    for (const pair of map.items) {
      const key = keyText(pair.key);
      const keyPath = [...path, key];
      if (key === '__proto__') return this.#fail(keyPath, 'cannot be used as a key', pair.key);
      if (entries.has(key)) return this.#fail(keyPath, 'this key is there twice', pair.key);
      entries.set(key, this.#plain(pair.value, keyPath, insideAlias));
    }
    return Object.fromEntries(entries);
  }

  #plainScalar(value: unknown, path: Path): unknown {
    if (value === null || value === undefined) return undefined;
    if (typeof value === 'bigint') return BigInt.asIntN(53, value) === value ? Number(value) : value;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
    return this.#fail(path, 'is neither text, number, true/false, list nor mapping');
  }

  #fail(path: Path, message: string, node?: unknown): undefined {
    const place = this.#startOf(node) ?? this.placeOf(path, 'value');
    this.#problem ??= { file: this.file, ...place, path: path.join('.'), message };
    return undefined;
  }

  #startOf(node: unknown): Place | undefined {
    if (!isNode(node) || !Array.isArray(node.range)) return undefined;
    const { line, col: column } = this.#lines.linePos(node.range[0]);
    return { line, column };
  }
}

function failed(file: string, place: Place, message: string): Checked<never> {
  return { ok: false, problems: [{ file, ...place, path: '', message }] };
}

function placeInText(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

function keyText(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

/** The library's words on what is wrong with a text, except where they would not help. */
export function syntaxMessage(message: string): string {
  if (/maximum call stack/i.test(message)) return 'nested too deeply';
  return message.startsWith('Source contains multiple documents') ? SECOND_DOCUMENT : message;
}
