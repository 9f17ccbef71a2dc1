/** docs/queries.md beside the queries that there are. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NAMED_QUERIES } from '../../src/analysis/named-queries.ts';

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/queries.md'), 'utf8');

/** Of the page, by query: its title and parameters. */
function described(): [name: string, title: string, parameters: string][] {
  const section = /^### `([^`]+)`: (.+)\n[^#]*?^Parameters: (.+)\.$/gm;
  return [...PAGE.matchAll(section)].map(([, name, title, parameters]) => [name!, title!, parameters!]);
}

describe('docs/queries.md', () => {
  it('describes every named query, in the order of the list, with its parameters', () => {
    const expected = NAMED_QUERIES.map(({ name, title, parameters }) => {
      const listed = parameters.map((parameter) => `\`${parameter}\``).join(', ');
      return [name, title, listed === '' ? 'none' : listed];
    });
    expect(described()).toEqual(expected);
  });
});
