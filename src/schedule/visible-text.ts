/**
 * Characters that a terminal obeys instead of showing them: control characters (ESC, BEL, line ends) and those that turn
 * the direction of the text around it. Files hold them by damage or by malice.
 */

const UNWANTED = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;
/** Also what takes no room: format characters, halves of surrogate pairs. */
const NOT_VISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu;

/** The text with an escape (`\\x1b`, `\\u202e`) for every character that would not show. */
export function visibleText(text: string): string {
  return text.replace(NOT_VISIBLE, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
    return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
  });
}

/** Whether the text holds characters that nobody needs in one line of text. */
export function hasControlCharacters(text: string): boolean {
  return UNWANTED.test(text);
}
