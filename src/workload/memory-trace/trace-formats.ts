/** The formats of recorded memory traces that can be read: what they are called, and what they tell. */

export interface TraceFormat {
  readonly name: string;
  readonly description: string;
  /**
   * How instructions are known. `counted`: the format says how many lie between accesses. `fetches`: each fetch is one
   * (none, if the trace was recorded without fetches). `none`: not at all.
   */
  readonly instructions: 'counted' | 'fetches' | 'none';
  /** `bytes`: real addresses. `objects`: numbers of things of any size, laid out one per 64 bytes. */
  readonly addresses: 'bytes' | 'objects';
}

export const TRACE_FORMATS = [
  {
    name: 'lackey',
    description: "valgrind --tool=lackey --trace-mem=yes: 'I  addr,size', ' L', ' S' and ' M' lines",
    instructions: 'fetches',
    addresses: 'bytes',
  },
  {
    name: 'din',
    description: "Dinero III and IV text: 'label hexaddress [hexsize]'",
    instructions: 'fetches',
    addresses: 'bytes',
  },
  {
    name: 'drmemtrace',
    description: 'DynamoRIO offline trace: 12-byte records, often gzipped or zipped',
    instructions: 'fetches',
    addresses: 'bytes',
  },
  {
    name: 'ucsd',
    description: "UCSD address text: 'l|s 0xaddress gap'",
    instructions: 'counted',
    addresses: 'bytes',
  },
  {
    name: 'ramulator',
    description: "Ramulator CPU trace: 'bubbles readaddress [writebackaddress]', behind its own caches",
    instructions: 'counted',
    addresses: 'bytes',
  },
  {
    name: 'champsim',
    description: 'ChampSim: 64-byte instruction records, often xz',
    instructions: 'fetches',
    addresses: 'bytes',
  },
  {
    name: 'libcachesim-csv',
    description: 'libCacheSim block I/O: version,time,op,size,lbn; op is a SCSI operation code in hex',
    instructions: 'none',
    addresses: 'bytes',
  },
  {
    name: 'oracle-general',
    description: 'libCacheSim oracleGeneral: 24-byte records of object requests',
    instructions: 'none',
    addresses: 'objects',
  },
  {
    name: 'csv',
    description: 'text with a header line naming address and, if known, size, kind and instructions',
    instructions: 'counted',
    addresses: 'bytes',
  },
] as const satisfies readonly TraceFormat[];

export type TraceFormatName = (typeof TRACE_FORMATS)[number]['name'];

export function isTraceFormatName(name: string): name is TraceFormatName {
  return TRACE_FORMATS.some((format) => format.name === name);
}
