/** A replay that differs is named by the exact first seq and column. */
import { from, Observable } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compareWithReplay, type ReplayResult } from '../../src/history/compare-with-replay.ts';
import { columnsOf, EVENT_TABLES } from '../../src/history/event-tables.ts';
import { openRun } from '../../src/history/run-reader.ts';
import { randomStream } from '../../src/loop/random-stream.ts';
import type { EventBatch } from '../../src/run/event-batch.ts';
import { storeRun } from '../support/run-files.ts';
import { batchesOf, type SyntheticEvent, syntheticEvents } from '../support/synthetic-events.ts';

const EVENTS = syntheticEvents(13, 6000);
let storedPath: string;

beforeAll(async () => {
  storedPath = (await storeRun(EVENTS)).path;
});

/** The events as a replay would publish them. */
function replayOf(events: readonly SyntheticEvent[], batchRows = 777): Observable<EventBatch> {
  return from(batchesOf(events, batchRows));
}

async function compare(
  stored: readonly SyntheticEvent[],
  replay$: Observable<EventBatch>,
  isInterrupted = false,
): Promise<ReplayResult> {
  const status = isInterrupted ? 'interrupted' : 'completed';
  const path = stored === EVENTS ? storedPath : (await storeRun(stored, { status })).path;
  const reader = openRun(path);
  try {
    return await compareWithReplay(reader, replay$);
  } finally {
    reader.close();
  }
}

const sideRowsOf = (events: typeof EVENTS): number => [...batchesOf(events, 1000)].flatMap(({ side }) => side).length;

describe('a replay', () => {
  it.each([1, 64, 4096, 20_000])('that is the same is equal, in batches of %d', async (batchRows) => {
    const result = await compare(EVENTS, replayOf(EVENTS, batchRows));
    expect(result).toEqual({ kind: 'equal', events: EVENTS.length, sideRows: sideRowsOf(EVENTS) });
  });

  it('that differs is left at once', async () => {
    let batches = 0;
    const endless = new Observable<EventBatch>((subscriber) => {
      for (const batch of batchesOf(EVENTS.with(10, { ...EVENTS[10]!, pe: 99 }), 100)) {
        if (subscriber.closed) return;
        batches++;
        subscriber.next(batch);
      }
      subscriber.complete();
    });
    expect(await compare(EVENTS, endless)).toMatchObject({ kind: 'diverged', seq: 11, field: 'pe', replayed: 99 });
    expect(batches).toBe(1);
  });

  it('that fails gives its own error', async () => {
    const failing = new Observable<EventBatch>((subscriber) => subscriber.error(new Error('no such recording')));
    await expect(compare(EVENTS, failing)).rejects.toThrow('no such recording');
  });
});

/** Which words of an event are which columns, in the order of the table: written out here, not taken from the store. */
const CHANGES: Readonly<Record<string, (event: SyntheticEvent) => SyntheticEvent>> = {
  time_ns: (event) => ({ ...event, timeNs: event.timeNs + 1 }),
  pe: (event) => ({ ...event, pe: event.pe ^ 1 }),
  code: (event) => ({ ...event, code: event.code ^ 64 }),
  word3: (event) => ({ ...event, words: event.words.with(0, event.words[0] ^ 0x40) as never }),
  word4: (event) => ({ ...event, words: event.words.with(1, event.words[1] ^ 1) as never }),
  word5: (event) => ({ ...event, words: event.words.with(2, event.words[2] ^ 0x80000000) as never }),
  word6: (event) => ({ ...event, words: event.words.with(3, event.words[3] ^ 0x00010000) as never }),
  word7: (event) => ({ ...event, words: event.words.with(4, event.words[4] ^ 1) as never }),
  world: (event) => ({ ...event, world: event.world ^ 4 }),
  el: (event) => ({ ...event, el: event.el ^ 1 }),
  cause_seq: (event) => ({ ...event, causeSeq: event.causeSeq === 1 ? 2 : 1 }),
};

const bit =
  (word: number, at: number): ((event: SyntheticEvent) => SyntheticEvent) =>
  (event) => ({ ...event, words: event.words.with(word - 3, event.words[word - 3]! ^ (1 << at)) as never });

const MSC_BEFORE = { time_ns: CHANGES.time_ns!, msc: CHANGES.pe!, code: CHANGES.code! };
const MSC_AFTER = { world: CHANGES.world!, el: CHANGES.el!, cause_seq: CHANGES.cause_seq! };
const PLACE = { space: bit(3, 17), ris: bit(3, 21) };

/** Events of MSCs have a selector in word 3: these columns, in this order, instead of those of words 3 to 7. */
const MSC_CHANGES: Readonly<Record<string, typeof CHANGES>> = {
  msc_register_change: {
    ...{ ...MSC_BEFORE, partid: bit(3, 15), ...PLACE, internal: bit(3, 22) },
    ...{ word: bit(4, 0), old_value: bit(5, 31), new_value: bit(6, 16), ...MSC_AFTER },
  },
  monitor_event: {
    ...{ ...MSC_BEFORE, instance: bit(3, 15), ...PLACE, monitor: bit(4, 0), value_lo: bit(5, 31) },
    ...{ value_hi: bit(6, 30), nrdy: bit(6, 31), capture_event: bit(7, 2), ...MSC_AFTER },
  },
  msc_error: {
    ...{ ...MSC_BEFORE, partid_or_instance: bit(3, 15), ...PLACE, pmg: bit(4, 7), overwrote: bit(5, 0), ...MSC_AFTER },
  },
  interrupt_event: {
    ...{ ...MSC_BEFORE, space: bit(3, 17), level: bit(4, 1), address_lo: bit(5, 31), address_hi: bit(6, 16) },
    ...{ data: bit(7, 0), ...MSC_AFTER },
  },
};

const changesOf = (table: string): typeof CHANGES => MSC_CHANGES[table] ?? CHANGES;

describe('one changed word in a replay', () => {
  const random = randomStream(5, 'divergence');
  const cases = EVENT_TABLES.flatMap((table) =>
    Object.keys(changesOf(table.name)).map((change, position) => ({
      table: table.name,
      kind: table.kind,
      change,
      field: columnsOf(table)[position + 1]!,
    })),
  );

  it.each(cases)('is reported as $field of $table ($change)', async ({ table, kind, change, field }) => {
    const candidates = EVENTS.filter((event) => event.kind === kind && event.seq > 2);
    const list = candidates.length > 0 ? candidates : [EVENTS[0]!];
    const event = list[random.below(list.length)]!;
    const changed = changesOf(table)[change]!(event);
    // A later change as well: only the first may be named.
    const replay = EVENTS.with(event.seq - 1, changed);
    if (event.seq < EVENTS.length) replay[event.seq] = { ...replay[event.seq]!, pe: 9 };
    if (change === 'cause_seq' && event.seq === 1) return;
    const result = await compare(EVENTS, replayOf(replay));
    expect(result).toMatchObject({ kind: 'diverged', seq: event.seq, table, field, events: event.seq - 1 });
  });

  it('gives both values in the terms of the column', async () => {
    const at = EVENTS.findIndex((event) => event.kind === 4 && event.words[3] !== 0);
    const { words } = EVENTS[at]!;
    const replay = EVENTS.with(at, { ...EVENTS[at]!, words: words.with(3, -1) as never });
    expect(await compare(EVENTS, replayOf(replay))).toMatchObject({
      ...{ field: 'new_lo', stored: words[3] >>> 0, replayed: 4294967295, timeNs: EVENTS[at]!.timeNs },
    });
  });

  it('in the kind of event is reported as another table', async () => {
    const replay = EVENTS.with(50, { ...EVENTS[50]!, kind: 2 });
    const result = await compare(EVENTS, replayOf(replay));
    expect(result).toMatchObject({ kind: 'diverged', seq: 51, field: 'table', replayed: 'command' });
  });
});

describe('a replay of another length', () => {
  it('that goes on is reported at the first event too many', async () => {
    const result = await compare(EVENTS.slice(0, 5000), replayOf(EVENTS));
    expect(result).toMatchObject({ kind: 'diverged', seq: 5001, field: 'event', stored: null });
  });

  it('that ends early is reported at the first event that is missing', async () => {
    const result = await compare(EVENTS, replayOf(EVENTS.slice(0, 5000)));
    expect(result).toMatchObject({ kind: 'diverged', seq: 5001, field: 'event', replayed: null });
  });

  it('equals an interrupted run as far as that goes', async () => {
    const result = await compare(EVENTS.slice(0, 5000), replayOf(EVENTS), true);
    expect(result).toMatchObject({ kind: 'equal', events: 5000 });
  });
});

describe('names in a replay', () => {
  it('that differ are reported after all events are found equal', async () => {
    function* otherName(): Iterable<EventBatch> {
      for (const batch of batchesOf(EVENTS, 1000)) {
        const side = batch.side.map((row) => (row.kind === 'text' && row.id === 2 ? { ...row, text: 'HVC64' } : row));
        yield { ...batch, side };
      }
    }
    expect(await compare(EVENTS, from(otherName()))).toMatchObject({
      ...{ kind: 'side-diverged', table: 'text', field: 'text' },
      stored: '["text",2,"TRAP WFx"]\n',
      replayed: '["text",2,"HVC64"]\n',
      events: EVENTS.length,
    });
  });

  it('or in a sample are reported by table and column', async () => {
    function* otherOccupancy(): Iterable<EventBatch> {
      for (const batch of batchesOf(EVENTS, 1000)) {
        const side = batch.side.map((row) => (row.kind === 'cacheSample' ? { ...row, occupancy: -1 } : row));
        yield { ...batch, side };
      }
    }
    expect(await compare(EVENTS, from(otherOccupancy()))).toMatchObject({
      ...{ kind: 'side-diverged', table: 'cache_sample', field: 'occupancy', events: EVENTS.length },
    });
  });

  it('that come earlier or later than stored make no difference', async () => {
    function* allAtTheEnd(): Iterable<EventBatch> {
      const side = [...batchesOf(EVENTS, 1000)].flatMap((batch) => batch.side);
      for (const batch of batchesOf(EVENTS, 1000)) yield { ...batch, side: [] };
      yield { firstSeq: EVENTS.length + 1, count: 0, timeHigh: 0, rows: new Int32Array(0), side };
    }
    const result = await compare(EVENTS, from(allAtTheEnd()));
    expect(result).toEqual({ kind: 'equal', events: EVENTS.length, sideRows: sideRowsOf(EVENTS) });
  });
});
