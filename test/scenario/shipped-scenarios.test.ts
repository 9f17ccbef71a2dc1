/** The scenarios that come with the project, and the schema that editors check them with. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../src/scenario/load-scenario.ts';
import { formatProblem } from '../../src/scenario/scenario-problem.ts';
import { scenarioJsonSchema } from '../../src/scenario/scenario-schema.ts';

const FOLDER = resolve(import.meta.dirname, '../../scenarios');
const FILES = readdirSync(FOLDER).filter((file) => file.endsWith('.yaml'));

describe('shipped scenarios', () => {
  it.each(FILES)('%s is free of problems and says what it shows', (file) => {
    const result = loadScenario(resolve(FOLDER, file));
    expect(result.ok ? [] : result.problems.map(formatProblem)).toEqual([]);
    if (result.ok) expect(result.value.description.length).toBeGreaterThan(80);
  });

  it.each(FILES)('%s is named as its file and names the schema for editors', (file) => {
    const text = readFileSync(resolve(FOLDER, file), 'utf8');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./scenario.schema.json');
    expect(text).toContain(`\nname: ${file.replace('.yaml', '')}\n`);
  });

  it('include those that show the defect, its surroundings, both in caches, and bandwidth', () => {
    expect(FILES).toEqual(
      expect.arrayContaining([
        'guest-el1-label.yaml',
        'nvhe-hypercalls.yaml',
        'recorded-kvm.yaml',
        'resctrl-move-while-loaded.yaml',
        'noisy-neighbour.yaml',
        'mislabelled-cache.yaml',
        'cached-kvm.yaml',
        'bandwidth-hog.yaml',
        'firmware-bench.yaml',
      ]),
    );
  });
});

describe('scenario.schema.json', () => {
  it('is what the code says (npm run schema writes it anew)', () => {
    const stored = readFileSync(resolve(FOLDER, 'scenario.schema.json'), 'utf8');
    expect(JSON.parse(stored)).toEqual(scenarioJsonSchema());
  });

  it('describes every section', () => {
    const { properties } = scenarioJsonSchema() as { properties: Record<string, { description?: string }> };
    for (const [name, section] of Object.entries(properties))
      expect([name, section.description]).not.toContain(undefined);
  });
});

describe('a scenario file that cannot be used', () => {
  it.each([
    ['no-such.yaml', 'there is no such file'],
    ['data', 'is a directory'],
    ['data/kvm-overcommit.trace.gz', 'is not text in UTF-8'],
  ])('%s: %s', (file, message) => {
    const result = loadScenario(resolve(FOLDER, file));
    expect(result.ok ? undefined : result.problems[0]?.message).toBe(message);
  });
});
