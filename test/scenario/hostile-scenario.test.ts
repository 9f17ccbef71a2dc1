/** No text, however damaged or hostile, brings the parser down or to a standstill. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { simulatedScheduleProblems } from '../../src/schedule/simulated/config-problems.ts';

const SHIPPED = [
  'guest-el1-label',
  'recorded-kvm',
  'resctrl-move-while-loaded',
  'noisy-neighbour',
  'mislabelled-cache',
].map((name) => readFileSync(resolve(import.meta.dirname, `../../scenarios/${name}.yaml`), 'utf8'));

/** Words that mean something in a scenario, and tokens that mean something in YAML. */
const FRAGMENTS = [
  ...['at', 'until', 'vms', 'machine', 'machines', 'timeline', 'source', 'recorded', 'unknown_reset', 'group', 'pin'],
  ...['workloads', 'data', 'phases', 'trace', 'region', 'partitions', 'set_partition', 'cpbm', 'kernel', 'none'],
  ...['64KiB', '17TiB', '99.9%', '0%', '3/s', '0x'.padEnd(300, 'f'), '0-32767', 'l3-4095', 'zipf', 'strided'],
  ...['-1', '0x7fffffffffffffff', '1e999', '.nan', '~', '5ms', 'true', '2001-01-01', '99999999999999999999'],
  ...['&a', '*a', '!!map', '!x', '{', '}', '[', ']', ': ', '? ', '- ', '|', '>', '"', "'", '#', '%YAML 1.1\n', '---\n'],
  ...['\t', '\n', '\u0000', '\uFEFF', '\u2028', '__proto__', 'constructor', '<<: *a'],
];

function expectAnswer(text: string, overrides: readonly string[] = []): void {
  const result = parseScenario(text, 's.yaml', overrides);
  if (result.ok) {
    // What passes here must not be refused later on.
    const { schedule } = result.value;
    if (schedule.source === 'simulated') expect(simulatedScheduleProblems(schedule.config)).toEqual([]);
    return;
  }
  expect(result.problems.length).toBeGreaterThan(0);
  for (const problem of result.problems) {
    expect(problem.message).not.toMatch(/undefined|\[object|TypeError|RangeError/);
    expect(problem.line).toBeGreaterThanOrEqual(0);
  }
}

/** A shipped scenario with pieces replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SHIPPED),
    fc.array(fc.tuple(fc.nat(4000), fc.nat(12), fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string())), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([text, edits]) =>
    edits.reduce((old, [at, length, piece]) => {
      const start = at % old.length;
      return old.slice(0, start) + piece + old.slice(start + length);
    }, text),
  );

describe('the scenario parser answers', () => {
  it('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => expectAnswer(text)));
  });

  it('any heap of YAML tokens', () => {
    const heap = fc.array(fc.constantFrom(...FRAGMENTS), { maxLength: 40 }).map((pieces) => pieces.join(' '));
    fc.assert(fc.property(heap, (text) => expectAnswer(text)));
  });

  it('any mutation of a shipped scenario', () => {
    fc.assert(
      fc.property(mutated, (text) => expectAnswer(text)),
      { numRuns: 400 },
    );
  });

  it('any override', () => {
    const path = fc.array(
      fc.constantFrom('machine', 'mode', 'timeline', '0', 'tenants', 'tenant-a', 'vms', 'until', ''),
    );
    const value = fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string());
    const override = fc.tuple(path, value).map(([steps, text]) => `${steps.join('.')}=${text}`);
    fc.assert(fc.property(fc.constantFrom(...SHIPPED), fc.array(override, { maxLength: 3 }), expectAnswer));
  });
});

describe('a bomb fizzles out within seconds', () => {
  const tenfold = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(`*${of}`).join(', ')}]\n`;
  const bombs: readonly (readonly [string, string, RegExp])[] = [
    [
      'aliases that multiply',
      `a: &a [1]\n${['b', 'c', 'd', 'e', 'f', 'g', 'h'].map((name, at) => tenfold(name, 'abcdefg'[at]!)).join('')}`,
      /more than 200000 values/,
    ],
    ['an anchor that contains itself', 'a: &a [*a]', /nested more than 32 levels/],
    ['a mapping that contains itself', 'a: &a { b: *a }', /nested more than 32 levels/],
    ['brackets without end', `a: ${'['.repeat(100_000)}`, /nested too deeply|sequence/i],
    ['dashes without end', '- '.repeat(50_000), /nested too deeply|nested more than/],
    ['a hundred thousand keys', Array.from({ length: 100_000 }, (_, key) => `k${key}: 1`).join('\n'), /unknown key/],
    ['one line of two megabytes', `name: ${'x'.repeat(2_000_000)}`, /does not have the form/],
    ['a file that is too large', '#'.repeat(4 * 1024 * 1024 + 1), /larger than 4194304 bytes/],
  ];

  it.each(bombs)('%s', (_title, text, message) => {
    const result = parseScenario(text, 's.yaml');
    expect(result.ok).toBe(false);
    if (result.ok) return;
    expect(result.problems[0]?.message).toMatch(message);
    expect(result.problems.length).toBeLessThanOrEqual(100);
    for (const problem of result.problems) expect(problem.message.length).toBeLessThan(400);
  });
});
