import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventKind, packMscSelector, unpackMscSelector } from '../../src/loop/event-row.ts';

describe('the selector of an MSC register change', () => {
  it('has the PARTID in bits 15:0, its space in 17:16, the RIS in 21:18 and INTERNAL in 22', () => {
    const none = { partid: 0, space: 0, ris: 0, internal: false };
    expect(packMscSelector({ ...none, partid: 0xffff })).toBe(0x0000ffff);
    expect(packMscSelector({ ...none, space: 3 })).toBe(0x00030000);
    expect(packMscSelector({ ...none, ris: 15 })).toBe(0x003c0000);
    expect(packMscSelector({ ...none, internal: true })).toBe(0x00400000);
  });

  it('comes back as it was', () => {
    const partid = fc.integer({ min: 0, max: 0xffff });
    const space = fc.integer({ min: 0, max: 3 });
    const ris = fc.integer({ min: 0, max: 15 });
    fc.assert(
      fc.property(fc.record({ partid, space, ris, internal: fc.boolean() }), (selector) => {
        expect(unpackMscSelector(packMscSelector(selector))).toEqual(selector);
      }),
      { seed: 6 },
    );
  });

  it('belongs to rows of kind 6', () => {
    expect(EventKind.mscRegisterChange).toBe(6);
  });
});
