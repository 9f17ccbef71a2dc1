/**
 * The events of the shipped scenarios, as digests that are kept. A difference is a change of behaviour: bump
 * ENGINE_VERSION (src/run/engine-version.ts), say why in the commit, and put the new digests here.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { expect, test } from 'vitest';
import { sideLine } from '../../src/history/side-tables.ts';
import { ROW_WORDS } from '../../src/loop/event-row.ts';
import { ENGINE_VERSION } from '../../src/run/engine-version.ts';
import type { EventBatch } from '../../src/run/event-batch.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { runEvents } from '../../src/run/run-events.ts';
import { loadScenario } from '../../src/scenario/load-scenario.ts';

/**
 * SHA-256 over the upper half of the time and the eight words of every event, and then over every sample, by engine
 * version and scenario.
 */
const KEPT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2': {
    'bandwidth-hog until=12ms': '61ec10fcbb7fb42211fffe04d513a3c73a0668b63e139ac1c47d0b25ab42c6e0',
    'cached-kvm until=100ms': '37a219ca3ff5418faec28bc844d81c7c19e83a4647e0d8248fc60738a0d260f4',
    'guest-el1-label': '3b0158a61922b9e1e5bed27b9f18b684a6982af2ba52381fd0014e59789b77fd',
    'mislabelled-cache': '479edf596542c76b7a645e2c418e2d6c2fcc57ee5ef62ca9cb060066d1f74620',
    'noisy-neighbour': '0f468f8261078141de3fa35a8141a3a59ea401252bb79484e7b55bacf9ed7e8f',
    'nvhe-hypercalls': 'e4c21e95622dfe1c464c291bfa67c8538c95a75db9f37148efcbd8062b63631b',
    'recorded-kvm': '592dfe2b275ec7e5130b5f1649742a3001929ed53a165caacd2174b5985079e3',
    'resctrl-move-while-loaded': 'bd55053783f7c3e52b92ed79e9a47a1103d7ee7a4a264e047da34709404a88e8',
  },
};

const SCENARIOS = Object.keys(Object.values(KEPT)[0]!);

/** Side rows that are names and issues: they were not part of these digests. */
const NAMES: ReadonlySet<string> = new Set(['thread', 'text', 'issue', 'importCount']);

test.each(SCENARIOS)(
  'the events and samples of %s are those that this engine version has always made',
  async (run) => {
    expect(await digestOf(run)).toBe(KEPT[ENGINE_VERSION]![run]);
  },
  30_000,
);

/** @param run a shipped scenario, and what is set otherwise. */
async function digestOf(run: string): Promise<string> {
  const [name, ...overrides] = run.split(' ');
  const checked = loadScenario(join(import.meta.dirname, `../../scenarios/${name}.yaml`), overrides);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const plan = await planRun(checked.value);
  const hash = createHash('sha256');
  const row = new Int32Array(1 + ROW_WORDS);
  const samples: string[] = [];
  const addRows = tap<EventBatch>((batch) => {
    for (let at = 0; at < batch.count * ROW_WORDS; at += ROW_WORDS) {
      row[0] = batch.timeHigh;
      row.set(batch.rows.subarray(at, at + ROW_WORDS), 1);
      hash.update(row);
    }
    for (const side of batch.side) if (!NAMES.has(side.kind)) samples.push(sideLine(side));
  });
  await lastValueFrom(runEvents(plan).pipe(addRows));
  for (const sample of samples) hash.update(sample);
  return hash.digest('hex');
}
