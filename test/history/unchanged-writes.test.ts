/** Writes without effect are no events: a finished run tells how many there were. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { simulateScenario } from '../../src/history/simulate-scenario.ts';
import { parseScenario } from '../../src/scenario/parse-scenario.ts';
import { temporaryFolder } from '../support/run-files.ts';

const SCENARIO = `
name: twice
until: 5ms
machine: { pes: 1 }
machines:
  plain: {}
  cached:
    topology:
      l1i: { sets: 4, ways: 4 }
      l1d: { sets: 4, ways: 4 }
      l3: { sets: 32, ways: 16, controls: { partid_max: 7, cpbm_wd: 16 } }
      memory: { latency: 100ns, recorded: 1MiB }
groups: { gold: { partid: 1, pmg: 0 } }
tenants: { tenant-a: { group: gold, vms: { web: } } }
schedule: { source: simulated }
timeline:
  - { at: 1ms, set_partition: { cache: L3, group: gold, cpbm: 0x0f } }
  - { at: 2ms, set_partition: { cache: L3, group: gold, cpbm: 0x0f } }
  - { at: 3ms, set_partition: { cache: L3, group: gold, cpbm: 0x0f } }
`;

it('a run of a scenario counts the writes to an MSC that changed nothing, by machine', async () => {
  const checked = parseScenario(SCENARIO, 'twice.yaml', []);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const path = join(temporaryFolder(), 'run.db');
  await simulateScenario(checked.value, { path, ifExists: 'refuse' });
  const database = new Database(path, { readonly: true });
  const counters = database.prepare("SELECT name, machine, pe, value FROM counter WHERE name LIKE '%MSC%'").all();
  database.close();
  expect(counters).toEqual([{ name: 'unchanged writes of MSC l3-0', machine: 1, pe: null, value: 2 }]);
});
