/** The shipped scenarios, run and asked in SQL: against facts that an independent program computed, and against themselves. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runQuery } from '../../src/analysis/run-query.ts';
import { checkIntegrity } from '../../src/history/check-integrity.ts';
import { simulateScenario } from '../../src/history/simulate-scenario.ts';
import { loadScenario } from '../../src/scenario/load-scenario.ts';
import { temporaryFolder } from '../support/run-files.ts';
import { hasSharedData, sharedDataPath } from '../support/shared-data.ts';

/** Run a shipped scenario; the path of its run file. */
async function runShipped(name: string): Promise<string> {
  const checked = loadScenario(resolve(import.meta.dirname, `../../scenarios/${name}.yaml`));
  if (!checked.ok) throw new Error(`scenario ${name} has problems`);
  const path = join(temporaryFolder(), `${name}.db`);
  await simulateScenario(checked.value, { path, ifExists: 'refuse' });
  expect(checkIntegrity(path).problems).toEqual([]);
  return path;
}

function rowsOf(path: string, sql: string): readonly (readonly unknown[])[] {
  return [...runQuery(path, sql).rows];
}

describe.each(['guest-el1-label', 'resctrl-move-while-loaded'])('the run of %s', (name) => {
  it('marks guest time as mislabelled exactly where the label in force is not the own label of its group', async () => {
    const path = await runShipped(name);
    const rows = rowsOf(
      path,
      `SELECT machine, el, mislabelled, (partid_d, pmg_d, partid_i, pmg_i)
         <> (own_partid_d, own_pmg_d, own_partid_i, own_pmg_i) AS is_other
       FROM guest_label_time WHERE ns > 0`,
    );
    expect(rows.some(([, , mislabelled]) => mislabelled === 1)).toBe(true);
    for (const [, , mislabelled, isOther] of rows) expect(mislabelled).toBe(isOther);
  });
});

describe.skipIf(!hasSharedData)('the run of recorded-kvm', () => {
  it('has the on-CPU time of every thread as the facts of the recording say', async () => {
    const path = await runShipped('recorded-kvm');
    const facts = JSON.parse(readFileSync(sharedDataPath('kvm-schedule/kvm-overcommit.facts.json'), 'utf8')) as {
      readonly on_cpu_ns_by_tid: Readonly<Record<string, number>>;
    };
    for (const machine of ['before', 'after']) {
      const { rows } = runQuery(
        path,
        'SELECT tid, on_cpu_ns FROM on_cpu_time WHERE on_cpu_ns > 0 AND machine = :machine',
        {
          params: { machine },
        },
      );
      expect(Object.fromEntries(rows)).toEqual(facts.on_cpu_ns_by_tid);
    }
  });
});
