/** Names for codes, as the tables of names in a run file have them. */
import { snakeCase } from '../scenario/snake-case.ts';
import type { CodeName } from './run-header.ts';

/** `{ guestEntry: 6 }` to `[{ id: 6, name: 'guest_entry' }]`. */
export function codeNames(codes: Readonly<Record<string, number>>): CodeName[] {
  return Object.entries(codes).map(([name, id]) => ({ id, name: snakeCase(name) }));
}
