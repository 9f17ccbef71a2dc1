/** MSC settings at any moment, against a plain fold over the events. */
import { beforeAll, describe, expect, it } from 'vitest';
import { mscStates } from '../../src/history/msc-states.ts';
import { type MscSettingAt, openRun, type RunReader } from '../../src/history/run-reader.ts';
import { EventKind, unpackMscSelector } from '../../src/loop/event-row.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import { storeRun } from '../support/run-files.ts';
import { type SyntheticEvent, syntheticEvents } from '../support/synthetic-events.ts';

/** Few selectors, so that settings change again and again. */
const EVENTS = syntheticEvents(23, 20_000).map((event) => {
  if (event.kind !== EventKind.mscRegisterChange) return event;
  const [selector, word, ...values] = event.words;
  return { ...event, words: [selector & 0x41_0001, word & 1, ...values] as unknown as SyntheticEvent['words'] };
});
let reader: RunReader;

beforeAll(async () => {
  reader = openRun((await storeRun(EVENTS)).path);
  return () => reader.close();
});

/** The last change of every setting among some events. */
function fold(events: readonly SyntheticEvent[]): MscSettingAt[] {
  const last = new Map<string, MscSettingAt>();
  for (const { kind, pe: msc, code: register, words, seq, timeNs } of events) {
    if (kind !== EventKind.mscRegisterChange) continue;
    const { partid, space, ris, internal } = unpackMscSelector(words[0]);
    const which = { msc, register, partid, space, ris, internal: internal ? 1 : 0, word: words[1] };
    last.set(JSON.stringify(which), { ...which, value: words[3] >>> 0, seq, timeNs });
  }
  const order = ['msc', 'ris', 'space', 'internal', 'partid', 'register', 'word'] as const;
  return [...last.values()].sort((a, b) => order.map((key) => a[key] - b[key]).find((sign) => sign !== 0) ?? 0);
}

describe('the MSC settings of a stored run', () => {
  it('equal a fold over the events at 100 random times and seqs', () => {
    const random = randomStream(3, 'moments');
    expect(fold(EVENTS).length).toBeGreaterThan(20);
    for (let i = 0; i < 100; i++) {
      const { timeNs } = EVENTS[random.below(EVENTS.length)]!;
      expect(reader.mscSettingsAt({ timeNs })).toEqual(fold(EVENTS.filter((event) => event.timeNs <= timeNs)));
      const seq = random.below(EVENTS.length + 1);
      expect(reader.mscSettingsAt({ seq })).toEqual(fold(EVENTS.slice(0, seq)));
    }
  });

  it('are given per MSC in words', () => {
    const setting = {
      ...{ msc: 1, register: 7, partid: 12, space: 1, ris: 0, internal: 0 },
      word: 3,
      value: 0xf0,
      seq: 9,
    };
    expect(mscStates(reader.header, [{ ...setting, timeNs: 1000 }])).toEqual([
      { msc: 0, machine: 'before', cache: 'l3-0', settings: [] },
      {
        ...{ msc: 1, machine: 'after', cache: 'l3-0' },
        settings: [
          {
            ...{ register: 'MPAMCFG_CPBM3', partidSpace: 'Non-secure', partid: 12, internal: false, ris: 0 },
            ...{ value: '0x000000f0', sinceNs: 1000, seq: 9 },
          },
        ],
      },
    ]);
  });
});
