/** The floor of reading text: node:readline, doing nothing with the lines. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** Split a file, gzip if its name says so, into lines. */
export function readLines(path: string): Promise<void> {
  return new Promise((done) => {
    const file = createReadStream(path);
    const lines = createInterface({ input: path.endsWith('.gz') ? file.pipe(createGunzip()) : file });
    lines.on('line', () => {});
    lines.on('close', done);
  });
}
