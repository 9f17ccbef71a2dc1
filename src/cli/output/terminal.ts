/**
 * The two output streams. Results go to stdout, everything else to stderr; colours follow NO_COLOR, FORCE_COLOR and
 * whether the stream is a terminal.
 */
import { once } from 'node:events';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Lines are gathered to pieces of this size: one write per line would be slow. */
const PIECE_LENGTH = 1 << 16;

/**
 * What becomes of stdout errors. A reader that has seen enough (`| head`) is none; any other (a full disk) is told in one
 * line. Errors of stderr (a terminal that was closed) end nothing: there is nobody to tell. Call once at the start.
 * @param exitCode of a result that could not be written.
 */
export function endWhenOutputFails(exitCode: number): void {
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    const why = error.code === 'ENOSPC' ? 'there is no space left' : (error.code ?? error.message);
    warning(`mpamlab: the output cannot be written (${why}); what was printed is not whole`);
    process.exit(exitCode);
  });
}

/** Print one line or block to stdout. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Print many lines to stdout without holding them all. */
export async function printLines(lines: Iterable<string>): Promise<void> {
  let piece = '';
  for (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < PIECE_LENGTH) continue;
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    piece = '';
  }
  if (piece !== '') process.stdout.write(piece);
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2));
}

/** Print one line or block to stderr. */
export function warning(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Text for stdout in a style, if stdout shows styles. */
export function styled(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

/** A heading of a section of results. */
export function heading(text: string): string {
  return styled('bold', text);
}
