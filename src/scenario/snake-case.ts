/** Names in files and in the database are lower case with underscores, as the kernel's event names are. */

/** `partidMax` to `partid_max`. */
export function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `partid_max` to `partidMax`. */
export function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
