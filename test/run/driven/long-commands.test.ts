/** Commands that take long are done in pieces, so that signals and other clients get through, and idle time costs nothing. */
import { describe, expect, it, test } from 'vitest';
import {
  EventKind,
  MonitorEventCode,
  metaCode,
  metaKind,
  ROW_WORDS,
  WORD_META,
  WORD_TIME_LOW,
} from '../../../src/loop/event-row.ts';
import { benchPlan, labelledClient, planOf, TestClient } from './driven-fixture.ts';

/** The pieces in which a line was done, and its answer. */
function inPieces(client: TestClient, line: string): { readonly pieces: number; readonly answer: string | undefined } {
  const lines = [...client.session.begin(line)];
  let pieces = 0;
  for (; client.session.isRunning && pieces < 10_000; pieces++) lines.push(...client.session.proceed());
  return { pieces, answer: lines.at(-1) };
}

describe('maintenance of a large range', () => {
  it('is done in pieces of at most 65,536 lines, in no time', () => {
    const client = new TestClient(planOf(undefined, 'machine.topology.memory.recorded=64MiB'));
    expect(inPieces(client, 'maintain clean 0x0 +64MiB')).toEqual({ pieces: 16, answer: 'ok lines=1048576' });
    expect(client.ask('hello')).toMatch(/time=0$/);
  });

  it('does what it does in one piece', () => {
    const client = labelledClient();
    client.send('access 0 write 0x0 +128KiB', 'access 0 write 0x3ff0000 +64KiB');
    expect(inPieces(client, 'maintain clean-invalidate 0x0 +64MiB').pieces).toBeGreaterThanOrEqual(16);
    expect(client.ask('counters memory')).toBe('ok label=ns/1/1 tenant=- read=196608 written=196608');
    expect(client.ask('counters l3-0')).toMatch(/lines=0 bytes=0/);
  });
});

describe('an idle week', () => {
  const WEEK = 'wait 10080min';

  test.each([[[]], [['machine.topology.memory.mode=closed-form']]])(
    'passes at once, with monitors that count, after traffic (%j)',
    (overrides) => {
      const client = labelledClient(benchPlan(...overrides));
      client.send('msc mem-0 write MSMON_CFG_MBWU_FLT 0x00010001', 'msc mem-0 write MSMON_CFG_MBWU_CTL 0x82030042');
      client.send('access 0 write 0x0 +1MiB mlp 16', 'maintain clean 0x0 +1MiB');
      expect(inPieces(client, WEEK).pieces).toBeLessThan(20);
      expect(inPieces(client, WEEK).pieces).toBe(1);
      client.send('maintain clean 0x0 +64');
      expect(inPieces(client, WEEK).pieces).toBeLessThan(20);
    },
  );

  it('ends the settling of monitors in time', () => {
    const readyNs: number[] = [];
    const client = new TestClient(benchPlan(), {
      batchRows: 1,
      publish: ({ count, rows, timeHigh }) => {
        for (let row = 0; row < count * ROW_WORDS; row += ROW_WORDS) {
          const meta = rows[row + WORD_META]!;
          if (metaKind(meta) !== EventKind.monitor || metaCode(meta) !== MonitorEventCode.ready) continue;
          readyNs.push(timeHigh * 2 ** 32 + (rows[row + WORD_TIME_LOW]! >>> 0));
        }
      },
    });
    client.send(
      'wait 5us',
      'msc l3-0 write MSMON_CFG_CSU_FLT 0x00010001',
      'msc l3-0 write MSMON_CFG_CSU_CTL 0x80030043',
    );
    client.send(WEEK, 'wait 0');
    // 2 us after the last write of its settings.
    expect(readyNs).toEqual([7000]);
  });
});
