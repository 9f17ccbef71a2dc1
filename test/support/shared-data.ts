/** Real recordings and traces that are not in a user's clone: tests that need them are skipped without them. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const FOLDER = resolve(import.meta.dirname, '../../../shared/data');

/** True where the recordings lie beside the checkout. Use with `describe.skipIf(!hasSharedData)`. */
export const hasSharedData = existsSync(FOLDER);

export function sharedDataPath(name: string): string {
  return resolve(FOLDER, name);
}
