/** The transcript of docs/bus.md is what really comes back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BUS_COMMANDS } from '../../../src/run/driven/bus-commands.ts';
import { planOf, TestClient } from './driven-fixture.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const PAGE = readFileSync(join(PROJECT, 'docs/bus.md'), 'utf8');

it('docs/bus.md shows what the machine answers', () => {
  const transcript = /```transcript\n([\s\S]*?)```/.exec(PAGE)![1]!.trimEnd().split('\n');
  const client = new TestClient(planOf(readFileSync(join(PROJECT, 'scenarios/firmware-bench.yaml'), 'utf8')));
  const sent = transcript.filter((line) => line.startsWith('> ')).map((line) => line.slice(2));
  const lines = sent.flatMap((line) => [`> ${line}`, ...client.send(line).map((answer) => `< ${answer}`)]);
  expect(lines).toEqual(transcript);
  expect(sent.length).toBeGreaterThan(30);
});

it('docs/bus.md tells every form of every command', () => {
  const commands = [...BUS_COMMANDS.values()];
  const verbs = commands.flatMap(({ usage }) => usage.map((form) => form.split(' ').slice(0, 3).join(' ')));
  const plain = PAGE.replaceAll('\\|', '|').replaceAll('`', '');
  expect(verbs.filter((verb) => !verb.split(/[ |[\]]+/).every((word) => plain.includes(word)))).toEqual([]);
});
