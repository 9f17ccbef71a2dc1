/** Registers at any moment, against a plain fold over the events. */
import { beforeAll, describe, expect, it } from 'vitest';
import { openRun, type RegisterAt, type RunReader } from '../../src/history/run-reader.ts';
import { EventKind } from '../../src/loop/event-row.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import { storeRun } from '../support/run-files.ts';
import { type SyntheticEvent, syntheticEvents } from '../support/synthetic-events.ts';

const EVENTS = syntheticEvents(17, 15_000);
let reader: RunReader;

beforeAll(async () => {
  reader = openRun((await storeRun(EVENTS)).path);
  return () => reader.close();
});

/** The last change of every register among some events. */
function fold(events: readonly SyntheticEvent[]): RegisterAt[] {
  const last = new Map<string, RegisterAt>();
  for (const { kind, pe, code: register, words, seq, timeNs } of events) {
    if (kind !== EventKind.registerChange) continue;
    const [selector, , , lo, hi] = words;
    last.set(`${pe} ${register} ${selector}`, { pe, register, selector, lo: lo >>> 0, hi: hi >>> 0, seq, timeNs });
  }
  return [...last.values()].sort((a, b) => a.pe - b.pe || a.register - b.register || a.selector - b.selector);
}

describe('the registers of a stored run', () => {
  it('equal a fold over the events at 200 random times', () => {
    const random = randomStream(3, 'times');
    const end = EVENTS.at(-1)!.timeNs;
    for (let i = 0; i < 200; i++) {
      // Half of the times are those of events: changes at the very time count.
      const timeNs =
        i % 2 === 0 ? EVENTS[random.below(EVENTS.length)]!.timeNs : (end / 2 ** 30) * random.below(2 ** 30);
      const until = EVENTS.filter((event) => event.timeNs <= timeNs);
      expect(reader.seqAt(timeNs)).toBe(until.length);
      expect(reader.registersAt({ timeNs })).toEqual(fold(until));
    }
  });

  it('equal a fold over the events at 200 random seqs', () => {
    const random = randomStream(3, 'seqs');
    for (let i = 0; i < 200; i++) {
      const seq = random.below(EVENTS.length + 1);
      expect(reader.registersAt({ seq })).toEqual(fold(EVENTS.slice(0, seq)));
    }
  });

  it('are none before the first change, and the last ones after the end', () => {
    expect(reader.registersAt({ seq: 0 })).toEqual([]);
    expect(reader.registersAt({ timeNs: Number.MAX_SAFE_INTEGER })).toEqual(fold(EVENTS));
  });
});
