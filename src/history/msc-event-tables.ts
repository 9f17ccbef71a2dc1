/**
 * The tables of what MSCs do, and how their columns lie in the canonical row (loop/event-row.ts). Word 3 of all is a selector
 * (`packMscSelector`), of which a table keeps what its events use.
 */
import { EventKind } from '../loop/event-row.ts';
import { bits, type EventColumn, type EventTable, unsigned } from './event-columns.ts';

/** What word 3 selects: a PARTID, or an instance of a monitor. */
const selected = (column: string): EventColumn => bits(column, 3, 0, 16);
const SPACE = bits('space', 3, 16, 2);
const RIS = bits('ris', 3, 18, 4);
const INTERNAL = bits('internal', 3, 22, 1);

const SPACE_WORD = '(space << 16)';
const PLACE_WORD = `${SPACE_WORD} | (ris << 18)`;

export const MSC_EVENT_TABLES: readonly EventTable[] = [
  {
    kind: EventKind.mscRegisterChange,
    name: 'msc_register_change',
    unitColumn: 'msc',
    codeColumn: 'register',
    columns: [
      ...[selected('partid'), SPACE, RIS, INTERNAL],
      ...[unsigned('word', 4), unsigned('old_value', 5), unsigned('new_value', 6)],
    ],
    words: [`partid | ${PLACE_WORD} | (internal << 22)`, 'word', 'old_value', 'new_value', '0'],
  },
  {
    kind: EventKind.monitor,
    name: 'monitor_event',
    unitColumn: 'msc',
    codeColumn: 'code',
    columns: [
      ...[selected('instance'), SPACE, RIS, unsigned('monitor', 4)],
      ...[unsigned('value_lo', 5), bits('value_hi', 6, 0, 31), bits('nrdy', 6, 31, 1), unsigned('capture_event', 7)],
    ],
    words: [`instance | ${PLACE_WORD}`, 'monitor', 'value_lo', 'value_hi | (nrdy << 31)', 'capture_event'],
  },
  {
    kind: EventKind.mscError,
    name: 'msc_error',
    unitColumn: 'msc',
    codeColumn: 'code',
    columns: [selected('partid_or_instance'), SPACE, RIS, unsigned('pmg', 4), unsigned('overwrote', 5)],
    words: [`partid_or_instance | ${PLACE_WORD}`, 'pmg', 'overwrote', '0', '0'],
  },
  {
    kind: EventKind.interrupt,
    name: 'interrupt_event',
    unitColumn: 'msc',
    codeColumn: 'code',
    columns: [SPACE, ...['level', 'address_lo', 'address_hi', 'data'].map((column, at) => unsigned(column, 4 + at))],
    words: [SPACE_WORD, 'level', 'address_lo', 'address_hi', 'data'],
  },
];
