/** Makes the decoder of each format. */
import { ChampSimFormat, looksLikeChampSim } from './formats/champsim.ts';
import { DinFormat } from './formats/din.ts';
import { DrMemTraceFormat, looksLikeDrMemTrace } from './formats/drmemtrace.ts';
import { LackeyFormat } from './formats/lackey.ts';
import { libCacheSimCsvFormat } from './formats/libcachesim-csv.ts';
import { looksLikeOracleGeneral, OracleGeneralFormat } from './formats/oracle-general.ts';
import { plainCsvFormat } from './formats/plain-csv.ts';
import { RamulatorFormat } from './formats/ramulator.ts';
import { UcsdAddressFormat } from './formats/ucsd-address.ts';
import { LineDecoder, type LineFormat } from './line-decoder.ts';
import { RecordDecoder, type RecordFormat } from './record-decoder.ts';
import type { TraceDecoder } from './trace-decoder.ts';
import type { TraceFormatName } from './trace-formats.ts';
import type { TraceIssueLog } from './trace-issues.ts';

/** Makes the format of a file that begins with `head`; or says what is wrong with the head, completing "FILE: ". */
type LineFormatOf = (head: Buffer) => LineFormat | string;

interface RecordFormatEntry {
  readonly create: (issues: TraceIssueLog) => RecordFormat;
  readonly looksLike: (head: DataView) => boolean;
}

export const LINE_FORMATS = {
  lackey: () => new LackeyFormat(),
  din: () => new DinFormat(),
  ucsd: () => new UcsdAddressFormat(),
  ramulator: () => new RamulatorFormat(),
  'libcachesim-csv': libCacheSimCsvFormat,
  csv: plainCsvFormat,
} as const satisfies Readonly<Record<string, LineFormatOf>>;

export const RECORD_FORMATS = {
  drmemtrace: { create: (issues) => new DrMemTraceFormat(issues), looksLike: looksLikeDrMemTrace },
  champsim: { create: (issues) => new ChampSimFormat(issues), looksLike: looksLikeChampSim },
  'oracle-general': { create: (issues) => new OracleGeneralFormat(issues), looksLike: looksLikeOracleGeneral },
} as const satisfies Readonly<Record<string, RecordFormatEntry>>;

type LineFormatName = keyof typeof LINE_FORMATS;

/** The decoder of a file that begins with `head`; or what is wrong with the head, completing "FILE: ". */
export function createDecoder(name: TraceFormatName, head: Buffer, issues: TraceIssueLog): TraceDecoder | string {
  if (!isLineFormat(name)) return new RecordDecoder(RECORD_FORMATS[name].create(issues), issues);
  const format = LINE_FORMATS[name](head);
  return typeof format === 'string' ? format : new LineDecoder(format, issues);
}

function isLineFormat(name: TraceFormatName): name is LineFormatName {
  return name in LINE_FORMATS;
}
