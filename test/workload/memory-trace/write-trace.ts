/** Writes accesses in each format, and says what of them the format can tell: the other half of the round trips. */
import type { TraceFormatName } from '../../../src/workload/memory-trace/trace-formats.ts';
import type { Access } from './decode-trace.ts';

export interface Written {
  readonly bytes: Buffer;
  /** What a reader gets back. */
  readonly expected: readonly Access[];
}

const LINE_OF_KIND = { read: ' L ', write: ' S ', fetch: 'I  ', modify: ' M ' } as const;
const DIN_LABEL = { read: 0, write: 1, fetch: 2 } as const;

/** Formats know loads, stores and fetches; only some know modifies. */
function withoutModify(access: Access): Access & { readonly kind: 'read' | 'write' | 'fetch' } {
  return { ...access, kind: access.kind === 'modify' ? 'write' : access.kind };
}

const asData = (access: Access): Access => ({ ...access, kind: access.kind === 'write' ? 'write' : 'read' });
const withoutCount = (access: Access): Access => ({ ...access, instructions: access.kind === 'fetch' ? 1 : 0 });

function lines(texts: readonly string[]): Buffer {
  return Buffer.from(texts.map((text) => `${text}\n`).join(''), 'latin1');
}

function lackey(accesses: readonly Access[]): Written {
  const texts = accesses.map(
    ({ kind, address, size }) => `${LINE_OF_KIND[kind]}${address.toString(16).padStart(8, '0')},${size}`,
  );
  return { bytes: lines(['==77== Lackey, an example Valgrind tool', ...texts]), expected: accesses.map(withoutCount) };
}

function din(accesses: readonly Access[]): Written {
  const known = accesses.map(withoutModify);
  const texts = known.map(
    ({ kind, address, size }) => `${DIN_LABEL[kind]} ${address.toString(16)} ${size.toString(16)}`,
  );
  return { bytes: lines(texts), expected: known.map(withoutCount) };
}

function ucsd(accesses: readonly Access[]): Written {
  const known = accesses.map((access) => ({ ...asData(access), size: 0 }));
  const texts = known.map(
    ({ kind, address, instructions }) => `${kind === 'write' ? 's' : 'l'} 0x${address.toString(16)} ${instructions}`,
  );
  return { bytes: lines(texts), expected: known };
}

/** A write becomes the write-back of a read of the same line. */
function ramulator(accesses: readonly Access[]): Written {
  const texts: string[] = [];
  const expected: Access[] = [];
  for (const { kind, address, instructions } of accesses) {
    const bubbles = Math.min(instructions, 2 ** 32 - 2);
    texts.push(`${bubbles} ${address}${kind === 'write' ? ` ${address ^ 64n}` : ''}`);
    expected.push({ kind: 'read', address, size: 0, instructions: bubbles + 1 });
    if (kind === 'write') expected.push({ kind, address: address ^ 64n, size: 0, instructions: 0 });
  }
  return { bytes: lines(texts), expected };
}

function csv(accesses: readonly Access[]): Written {
  const texts = accesses.map(
    ({ kind, address, size, instructions }, i) =>
      `${instructions},${kind},note ${i},${i % 2 === 0 ? address : `0x${address.toString(16)}`},${size}`,
  );
  return { bytes: lines(['instructions,kind,note,address,size', ...texts]), expected: accesses };
}

function libcachesimCsv(accesses: readonly Access[]): Written {
  const known = accesses.map((access) => ({
    ...asData(access),
    address: (access.address >> 9n) << 9n,
    instructions: 0,
  }));
  const texts = known.map(
    ({ kind, address, size }, i) => `1,${i},${kind === 'write' ? '2a' : '28'},${size},${address >> 9n}`,
  );
  return { bytes: lines(['version,time,op,size,lbn', ...texts]), expected: known };
}

function record(bytes: number, put: (into: Buffer) => void): Buffer {
  const into = Buffer.alloc(bytes);
  put(into);
  return into;
}

function drmemtraceRecord(type: number, size: number, address: bigint): Buffer {
  return record(12, (into) => {
    into.writeUInt16LE(type, 0);
    into.writeUInt16LE(size, 2);
    into.writeBigUInt64LE(address, 4);
  });
}

function drmemtrace(accesses: readonly Access[]): Written {
  const known = accesses.map(withoutModify).map(withoutCount);
  const records = known.flatMap(({ kind, address, size }, i) => [
    drmemtraceRecord(28, 2, BigInt(i)),
    drmemtraceRecord(kind === 'read' ? 0 : kind === 'write' ? 1 : 10 + (i % 7), size, address),
  ]);
  return { bytes: Buffer.concat([drmemtraceRecord(25, 0, 5n), ...records]), expected: known };
}

/** Each access is made by an instruction of its own, at an ip that is never 0. */
function champsim(accesses: readonly Access[]): Written {
  const expected: Access[] = [];
  const records = accesses.map(({ kind, address }, i) => {
    const ip = address | 1n;
    expected.push({ kind: 'fetch', address: ip, size: 0, instructions: 1 });
    const data = kind === 'write' || kind === 'read';
    if (data && address !== 0n) expected.push({ kind, address, size: 0, instructions: 0 });
    return record(64, (into) => {
      into.writeBigUInt64LE(ip, 0);
      into.writeUInt8(i % 2, 8);
      if (data) into.writeBigUInt64LE(address, kind === 'write' ? 16 + 8 * (i % 2) : 32 + 8 * (i % 4));
    });
  });
  return { bytes: Buffer.concat(records), expected };
}

function oracleGeneral(accesses: readonly Access[]): Written {
  const ids = accesses.map(({ address }) => address >> 6n);
  const records = ids.map((id, i) =>
    record(24, (into) => {
      into.writeUInt32LE(i, 0);
      into.writeBigUInt64LE(id, 4);
      into.writeUInt32LE(1 + accesses[i]!.size, 12);
      into.writeBigInt64LE(i % 2 === 0 ? -1n : BigInt(i + 1), 16);
    }),
  );
  const expected = ids.map((id) => ({ address: id << 6n, size: 0, kind: 'read', instructions: 0 }) as const);
  return { bytes: Buffer.concat(records), expected };
}

export const WRITERS: Readonly<Record<TraceFormatName, (accesses: readonly Access[]) => Written>> = {
  lackey,
  din,
  drmemtrace,
  ucsd,
  ramulator,
  champsim,
  'libcachesim-csv': libcachesimCsv,
  'oracle-general': oracleGeneral,
  csv,
};

/** Accesses as a program makes them: some code, a stack, and an array. */
export function someAccesses(count: number): Access[] {
  return Array.from({ length: count }, (_, i) => {
    const kind = (['fetch', 'read', 'fetch', 'write', 'fetch', 'modify'] as const)[i % 6]!;
    const base = kind === 'fetch' ? 0x401000n : 0x1fff000cc8n;
    return { address: base + BigInt((i * 7919) % 65536), size: 1 + (i % 8), kind, instructions: 1 + (i % 5) };
  });
}
