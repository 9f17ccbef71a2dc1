/** More labels or partitions than the machine has room for: the line is told so, accesses stop, and the machine goes on. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DrivenRun } from '../../../src/history/driven-run.ts';
import { verifyRun } from '../../../src/history/verify-run.ts';
import type { BusSession } from '../../../src/run/driven/bus-session.ts';
import { temporaryFolder } from '../../support/run-files.ts';
import { benchPlan, labelledClient } from './driven-fixture.ts';

/** Owners that a driven machine has room for, and partitions with settings of their own. */
const OWNERS = 253;
const PARTITIONS = 254;

const FOREVER = 'access 1 read 0x0 +64KiB repeat forever background';

/** PARTIDs 0 to 62 with each of the four PMGs. */
function label(number: number): string {
  const partid = (number % 63).toString(16).padStart(4, '0');
  const pmg = Math.floor(number / 63)
    .toString(16)
    .padStart(2, '0');
  return `pe 0 write MPAM1_EL1 0x0000${pmg}${pmg}${partid}${partid}`;
}

describe('more labels than there is room for', () => {
  /** PE 1 has a label of its own (PARTID 2, PMG 0, which PE 0 comes to have, too), and a tenant of its own. */
  const commands = [
    ...Array.from({ length: OWNERS - 1 }, (_, number) => [label(number), 'access 0 read 0x0 +64']).flat(),
    `${FOREVER} tenant tenant-a`,
    'wait 1us',
    'pe 0 write MPAM1_EL1 0x00000303003f003f',
  ];
  const TOO_MANY =
    /^error: more than 253 pairs of label and tenant have reached the caches; allowed: .*; all accesses are stopped$/;

  it('are told as an answer; accesses stop, and the machine goes on with those that it knows', () => {
    const client = labelledClient();
    client.send(...commands);
    expect(client.send('#1 access 0 read 0x0 +64')).toEqual([expect.stringMatching(/^#1 error: more than 253 pairs/)]);
    expect(client.ask('access 0 read 0x0 +64')).toMatch(TOO_MANY);
    expect(client.ask('stop 1')).toMatch(/the PE makes no accesses/);
    client.send(label(0));
    expect(client.ask('access 0 read 0x200000 +64')).toMatch(/^ok accesses=1 .* memory=1$/);
    expect(client.ask('access 0 read 0x0 +4KiB repeat 2')).toMatch(/^ok accesses=128 /);
  });

  it('may come up while time passes', () => {
    const client = labelledClient();
    client.send(...commands.slice(0, -3), label(0), 'access 0 read 0x0 +64 repeat forever background', FOREVER);
    client.send('wait 1us', 'pe 0 write MPAM1_EL1 0x00000303003f003f');
    expect(client.ask('wait 1us')).toMatch(/^ok /);
    client.send('pe 0 write MPAM1_EL1 0x00000202003f003f');
    expect(client.ask('wait 1us')).toMatch(TOO_MANY);
    expect(client.ask('wait done')).toMatch(/^ok time=\d+$/);
  });

  it('are replayed as they were', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const run = new DrivenRun(benchPlan(), { path, ifExists: 'refuse' });
    send(run.session, ['pe 0 write MPAM3_EL3 0x8000000000000000', 'pe 0 el 1', ...commands]);
    send(run.session, ['access 0 read 0x0 +64', 'wait 1ms', label(0), 'access 0 read 0x200000 +64']);
    await run.finish(false);
    expect(await verifyRun(path)).toMatchObject({ ok: true, replay: { kind: 'equal' } });
  });
});

describe('more partitions with settings than there is room for', () => {
  /** PARTID 1 is mapped to one internal PARTID after the other, each with settings of its own. */
  const commands = Array.from({ length: PARTITIONS + 1 }, (_, number) => {
    const internal = `0x${(0x1_0000 + number).toString(16)}`;
    return [
      ...[`msc l3-0 write MPAMCFG_PART_SEL ${internal}`, 'msc l3-0 write MPAMCFG_CPBM0 0xf'],
      ...['msc l3-0 write MPAMCFG_PART_SEL 1', `msc l3-0 write MPAMCFG_INTPARTID ${internal}`],
    ];
  }).flat();

  it('are told as the answer of the write that asked for them; accesses stop, and the machine goes on', () => {
    const client = labelledClient(benchPlan('machine.topology.l3.controls.intpartid_max=511'));
    client.send('access 0 read 0x0 +64', FOREVER, 'wait 1us');
    const answers = client.send(...commands);
    expect(answers.slice(0, -1).filter((answer) => answer !== 'ok')).toEqual([]);
    expect(answers.at(-1)).toMatch(
      /^error: cache l3-0: 255 partitions in use have settings that limit them; at most 254 may .*; all accesses are stopped$/,
    );
    expect(client.ask('stop 1')).toMatch(/the PE makes no accesses/);
    expect(client.send('msc l3-0 write MPAMCFG_INTPARTID 0x10001', 'msc l3-0 read MPAMCFG_INTPARTID')).toEqual([
      'ok',
      'ok 0x00010001',
    ]);
    expect(client.ask('access 0 read 0x200000 +64')).toMatch(/^ok accesses=1 .* memory=1$/);
  });
});

function send(session: BusSession, lines: readonly string[]): void {
  for (const line of lines) session.execute(line);
}
