/** Names in files and in the database are lower case with underscores, as the kernel's event names are. */

/** `partidMax` to `partid_max`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `partid_max` to `partidMax`. */
function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `partidMax` to `partid_max`, as a type. */
export type SnakeCase<Text extends string> = Text extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}`
  : Text;

/** A mapping from a file with all its keys, and those below, as the program spells them; without what is undefined. */
export function withCamelKeys(values: object): Record<string, unknown> {
  const known = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(known.map(([key, value]) => [camelCase(key), withCamelKeysBelow(value)]));
}

function withCamelKeysBelow(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withCamelKeysBelow);
  return typeof value === 'object' && value !== null ? withCamelKeys(value) : value;
}
