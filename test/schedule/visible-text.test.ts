import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasControlCharacters, visibleText } from '../../src/schedule/visible-text.ts';

describe('text for a terminal', () => {
  it.each([
    ['\x1b[31m', '\\x1b[31m'],
    ['a\nb\t\x07', 'a\\x0ab\\x09\\x07'],
    ['\x7f\x9b', '\\x7f\\x9b'],
    ['abc\u202edef\u2066', 'abc\\u202edef\\u2066'],
    ['\u2028\ufeff\u200b', '\\u2028\\ufeff\\u200b'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
    ['Käse, 名前, 🙂, CPU 0/KVM', 'Käse, 名前, 🙂, CPU 0/KVM'],
  ])('%j is shown as %s', (text, shown) => expect(visibleText(text)).toBe(shown));

  it('holds nothing that a terminal would obey, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(hasControlCharacters(visibleText(text))).toBe(false);
        expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });

  it('may have joiners, as names of many languages do, but no control characters and no changes of direction', () => {
    expect(hasControlCharacters('می\u200cخواهم 👩\u200d🔬')).toBe(false);
    for (const text of ['\x00', '\n', '\x1b', '\x85', '\u200f', '\u202e', '\u2069', '\u2028']) {
      expect([text, hasControlCharacters(`a${text}b`)]).toEqual([text, true]);
    }
  });
});
