/**
 * Where a figure comes from. The reference sheet (A 6) marks what a source states, what it only lets one infer, and what
 * is the sheet's own assumption; figures that the sheet does not give are assumptions made here, and say so.
 */

export interface Figure<T> {
  readonly value: T;
  readonly mark: 'stated' | 'inferred' | 'assumed';
  /** Assumed here: the sheet has nothing about it. */
  readonly isOurs: boolean;
}

/** No mark in the sheet: a source states it. */
export function stated<T>(value: T): Figure<T> {
  return { value, mark: 'stated', isOurs: false };
}

/** `~` in the sheet. */
export function inferred<T>(value: T): Figure<T> {
  return { value, mark: 'inferred', isOurs: false };
}

/** `*` in the sheet. */
export function assumed<T>(value: T): Figure<T> {
  return { value, mark: 'assumed', isOurs: false };
}

/** Not in the sheet. */
export function assumedHere<T>(value: T): Figure<T> {
  return { value, mark: 'assumed', isOurs: true };
}

type FigureValue = string | number | boolean | readonly string[];

/** One figure of a preset as a list shows it. */
export interface NamedFigure extends Figure<FigureValue> {
  /** Keys from the preset's root, joined by dots: `l3.controls.cpbmWd`. */
  readonly path: string;
  /** The scenario says otherwise. */
  readonly isOverridden: boolean;
}

/** A topology that began as a preset. The figures are those of the machine meant, before any scale factor. */
export interface Provenance {
  readonly preset: string;
  readonly figures: readonly NamedFigure[];
}

/** The same structure without the marks. */
export type Unmarked<T> =
  T extends Figure<infer V>
    ? V
    : T extends readonly (infer Item)[]
      ? readonly Unmarked<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Unmarked<T[Key]> }
        : T;

/** Each figure's value in place of the figure. */
export function unmarked<T>(marked: T): Unmarked<T> {
  return valuesIn(marked) as Unmarked<T>;
}

function valuesIn(node: unknown): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (isFigure(node)) return node.value;
  if (Array.isArray(node)) return node.map(valuesIn);
  return Object.fromEntries(Object.entries(node).map(([key, child]) => [key, valuesIn(child)]));
}

/** Every figure in a structure, in its order, with the path from its root. */
export function figuresIn(node: unknown, path: readonly string[] = []): Omit<NamedFigure, 'isOverridden'>[] {
  if (typeof node !== 'object' || node === null) return [];
  if (isFigure(node)) return [{ ...node, path: path.join('.') }];
  return Object.entries(node).flatMap(([key, child]) => figuresIn(child, [...path, key]));
}

function isFigure(node: object): node is Figure<FigureValue> {
  return 'mark' in node && 'value' in node;
}
