/** Files that people take for a text recording, by their first bytes, and what to do with them. */
import { ascii, NUL, startsAt } from './bytes.ts';

export interface ForeignFormat {
  /** Completes "FILE: ". */
  readonly found: string;
  readonly hint: string;
}

const DECOMPRESS = 'Decompress it first; only gzip is read directly.';

const FORMATS: readonly (ForeignFormat & { readonly magic: Uint8Array })[] = [
  {
    magic: ascii('\x17\x08\x44tracing'),
    found: "is trace-cmd's binary format",
    hint: 'Turn it into text: trace-cmd report -i FILE > FILE.txt.',
  },
  {
    magic: ascii('PERFILE2'),
    found: "is perf's binary format",
    hint: 'Record with trace-cmd or through /sys/kernel/tracing instead.',
  },
  { magic: ascii('SQLite format 3'), found: 'is a SQLite database', hint: 'A run is opened with: mpamlab query FILE.' },
  { magic: ascii('\xfd7zXZ'), found: 'is compressed with xz', hint: DECOMPRESS },
  { magic: ascii('\x28\xb5\x2f\xfd'), found: 'is compressed with zstd', hint: DECOMPRESS },
  { magic: ascii('BZh'), found: 'is compressed with bzip2', hint: DECOMPRESS },
  { magic: ascii('PK\x03\x04'), found: 'is a zip archive', hint: DECOMPRESS },
];

/** What the file that begins with `bytes` is, if it is known to be something else than text of a recording. */
export function foreignFormat(bytes: Uint8Array): ForeignFormat | undefined {
  return FORMATS.find(({ magic }) => startsAt(bytes, 0, magic));
}

/** Whether the file that begins with `bytes` is unlikely to be any text. */
export function looksBinary(bytes: Uint8Array): boolean {
  return bytes.includes(NUL);
}
