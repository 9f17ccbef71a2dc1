/** What is wrong with a line of a client. The line is answered with the message, and nothing has happened. */
export class BusProblem extends Error {
  override readonly name = 'BusProblem';

  /**
   * @param place which word of the line, and its value.
   * @param found what is wrong with it.
   * @param allowed what may stand there.
   */
  constructor(place: string, found: string, allowed: string, hint?: string) {
    super(`${place}: ${found}; allowed: ${allowed}${hint === undefined ? '' : ` (hint: ${hint})`}`);
  }
}
