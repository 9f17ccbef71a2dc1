/**
 * The events of the shipped scenarios, as digests that are kept. A difference is a change of behaviour: bump
 * ENGINE_VERSION (src/run/engine-version.ts), say why in the commit, and put the new digests here.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { expect, test } from 'vitest';
import { ROW_WORDS } from '../../src/loop/event-row.ts';
import { ENGINE_VERSION } from '../../src/run/engine-version.ts';
import { planRun } from '../../src/run/plan-run.ts';
import { runEvents } from '../../src/run/run-events.ts';
import { loadScenario } from '../../src/scenario/load-scenario.ts';

/** SHA-256 over the upper half of the time and the eight words of every event, by engine version and scenario. */
const KEPT: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '1': {
    'guest-el1-label': '3b0158a61922b9e1e5bed27b9f18b684a6982af2ba52381fd0014e59789b77fd',
    'nvhe-hypercalls': 'e4c21e95622dfe1c464c291bfa67c8538c95a75db9f37148efcbd8062b63631b',
    'recorded-kvm': '592dfe2b275ec7e5130b5f1649742a3001929ed53a165caacd2174b5985079e3',
    'resctrl-move-while-loaded': 'bd55053783f7c3e52b92ed79e9a47a1103d7ee7a4a264e047da34709404a88e8',
  },
};

const SCENARIOS = ['guest-el1-label', 'nvhe-hypercalls', 'recorded-kvm', 'resctrl-move-while-loaded'];

test.each(SCENARIOS)('the events of %s are those that this engine version has always made', async (name) => {
  expect(await digestOf(name)).toBe(KEPT[ENGINE_VERSION]![name]);
});

async function digestOf(name: string): Promise<string> {
  const checked = loadScenario(join(import.meta.dirname, `../../scenarios/${name}.yaml`));
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const plan = await planRun(checked.value);
  const hash = createHash('sha256');
  const row = new Int32Array(1 + ROW_WORDS);
  const addRows = tap<{ readonly count: number; readonly timeHigh: number; readonly rows: Int32Array }>((batch) => {
    for (let at = 0; at < batch.count * ROW_WORDS; at += ROW_WORDS) {
      row[0] = batch.timeHigh;
      row.set(batch.rows.subarray(at, at + ROW_WORDS), 1);
      hash.update(row);
    }
  });
  await lastValueFrom(runEvents(plan).pipe(addRows));
  return hash.digest('hex');
}
