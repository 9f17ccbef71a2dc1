/** One text per value: what is hashed must not depend on the order in which an object was built. */

/** JSON without white space, object keys sorted by code unit. Undefined members are left out, as in JSON. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => (isPlainObject(member) ? sortKeys(member) : member));
}

/**
 * Replace lone surrogates by U+FFFD in every string of a JSON value: SQLite stores UTF-8, which has none, and what is
 * hashed must be what can be read back.
 */
export function wellFormedJson<T>(value: T): T {
  const text = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'string' ? member.toWellFormed() : member,
  );
  return JSON.parse(text) as T;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sortKeys(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
