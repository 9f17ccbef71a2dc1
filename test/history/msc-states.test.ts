/** MSC settings at any moment, against a plain fold over the events. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MscRegister } from '../../src/arch/msc-registers.ts';
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

  it('are given per MSC in words, those of monitors by instance', () => {
    const common = { space: 1, seq: 9, timeNs: 1000, internal: 0, value: 0xf0 };
    const portions = { ...common, msc: 1, register: MscRegister.MPAMCFG_CPBM, partid: 12, ris: 0, word: 3 };
    const counter = { ...common, msc: 2, register: MscRegister.MSMON_MBWU_L_CAPTURE, partid: 7, ris: 1, word: 1 };
    const states = mscStates(reader.header, [portions, counter]);
    expect(states.map(({ msc, machine, name, cache }) => [msc, machine, name, cache])).toEqual([
      [0, 'before', 'l3-0', 'l3-0'],
      [1, 'after', 'l3-0', 'l3-0'],
      [2, 'before', 'mem-0', null],
      [3, 'after', 'mem-0', null],
    ]);
    const shown = { partidSpace: 'Non-secure', internal: false, value: '0x000000f0', sinceNs: 1000, seq: 9 };
    expect(states.map(({ settings }) => settings)).toEqual([
      [],
      [{ ...shown, register: 'MPAMCFG_CPBM3', ris: 0, resource: 'l3-0', partid: 12, instance: null }],
      [{ ...shown, register: 'MSMON_MBWU_L_CAPTURE[63:32]', ris: 1, resource: 'mem-0.1', partid: null, instance: 7 }],
      [],
    ]);
  });

  it('leave out what monitors measure, which is not what software last wrote', () => {
    const common = { msc: 2, space: 1, seq: 9, timeNs: 1, internal: 0, value: 1, partid: 0, ris: 0, word: 0 };
    const { MSMON_CSU, MSMON_MBWU, MSMON_MBWU_L, MSMON_CFG_MBWU_CTL } = MscRegister;
    const written = [MSMON_CSU, MSMON_MBWU, MSMON_MBWU_L, MSMON_CFG_MBWU_CTL].map((register) => ({
      ...common,
      register,
    }));
    const shown = mscStates(reader.header, written).flatMap(({ settings }) => settings);
    expect(shown.map(({ register }) => register)).toEqual(['MSMON_CFG_MBWU_CTL']);
  });

  it('name the cache of an MSC of before there were resources, and nothing for a resource that is not there', () => {
    const common = { space: 1, seq: 9, timeNs: 1, internal: 0, value: 1, register: 0, partid: 1, word: 0 };
    const states = mscStates(reader.header, [
      { ...common, msc: 0, ris: 0 },
      { ...common, msc: 2, ris: 5 },
    ]);
    expect(states.flatMap(({ settings }) => settings.map(({ resource }) => resource))).toEqual(['l3-0', null]);
  });
});
