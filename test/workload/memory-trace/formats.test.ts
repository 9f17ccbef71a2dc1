/** What each format's lines and records mean: from the tools' own documentation and real files. */
import { describe, expect, it } from 'vitest';
import { type Access, decodeChunks, decodeText } from './decode-trace.ts';

function access(kind: Access['kind'], address: bigint | number, size = 0, instructions = 0): Access {
  return { kind, address: BigInt(address), size, instructions };
}

function drmemtrace(...records: readonly (readonly [type: number, size: number, address: bigint])[]): Buffer {
  const bytes = Buffer.alloc(12 * records.length);
  records.forEach(([type, size, address], i) => {
    bytes.writeUInt16LE(type, 12 * i);
    bytes.writeUInt16LE(size, 12 * i + 2);
    bytes.writeBigUInt64LE(address, 12 * i + 4);
  });
  return bytes;
}

describe('lackey', () => {
  it('tells fetches, loads, stores and modifies; each fetch is an instruction; valgrind speaks in between', () => {
    const text = [
      '==30827== Lackey, an example Valgrind tool',
      'I  0401ab70,3',
      ' S 1fff000cc8,8',
      '--30827-- warning: something',
      ' L 0401b770,4',
      '**30827** more',
      ' M 1fff000cc0,8',
    ].join('\n');
    expect(decodeText('lackey', text)).toMatchObject({
      accesses: [
        access('fetch', 0x401ab70, 3, 1),
        access('write', 0x1fff000cc8, 8),
        access('read', 0x401b770, 4),
        access('modify', 0x1fff000cc0, 8),
      ],
      issues: [],
    });
  });

  it('tells of lines that the traced program printed, with their number and text', () => {
    const { accesses, issues } = decodeText('lackey', 'I  10,1\nhello \x1b[31mworld\n L 20,4\n L 20\n L 20,70000\n');
    expect(accesses).toHaveLength(2);
    expect(issues).toEqual([
      { kind: 'bad-trace-line', line: 2, text: 'hello \\x1b[31mworld', count: 1 },
      { kind: 'bad-trace-line', line: 4, text: ' L 20', count: 1 },
      { kind: 'bad-trace-line', line: 5, text: ' L 20,70000', count: 1 },
    ]);
  });
});

describe('din', () => {
  it('has labels 0 read, 1 write, 2 fetch, and comments after the address', () => {
    const { accesses } = decodeText('din', '2 0 \n0 1000 deadbeef\n0 70f60888 loop over x\n2 2cb5\n1 70f60890\n');
    expect(accesses).toEqual([
      access('fetch', 0, 0, 1),
      access('read', 0x1000),
      access('read', 0x70f60888),
      access('fetch', 0x2cb5, 0, 1),
      access('write', 0x70f60890),
    ]);
  });

  it('has letters and a hex size in its extended form', () => {
    const { accesses } = decodeText('din', 'r 0x7f00 8\nw 7f10 10\ni 400 4 jump\nm 7f00 4\n');
    expect(accesses).toEqual([
      access('read', 0x7f00, 8),
      access('write', 0x7f10, 16),
      access('fetch', 0x400, 4, 1),
      access('read', 0x7f00, 4),
    ]);
  });

  it('has records that make no access: escapes, copy-backs, invalidates', () => {
    const { accesses, issues } = decodeText('din', '3 0\n4 0\nc 100 4\nv 100 4\n9 100\n');
    expect(accesses).toEqual([]);
    expect(issues.map(({ kind }) => kind)).toEqual([...Array(4).fill('not-an-access'), 'bad-trace-line']);
  });
});

describe('ucsd', () => {
  it('gives the gap as it stands', () => {
    const { accesses } = decodeText('ucsd', 's 0x1fffff58 1\nl 0x1fffff60 0\nl 0x1fffff88 6\n');
    expect(accesses).toEqual([
      access('write', 0x1fffff58, 0, 1),
      access('read', 0x1fffff60, 0, 0),
      access('read', 0x1fffff88, 0, 6),
    ]);
  });
});

describe('ramulator', () => {
  it('counts the bubbles and the read itself; a third number is a write-back', () => {
    const { accesses } = decodeText('ramulator', '3 20734016\n1 20846400 20734016\n6 18446744073709551615\n');
    expect(accesses).toEqual([
      access('read', 20734016, 0, 4),
      access('read', 20846400, 0, 2),
      access('write', 20734016),
      access('read', 2n ** 64n - 1n, 0, 7),
    ]);
  });

  it('refuses what needs more than 64 bits', () => {
    const { accesses, issues } = decodeText('ramulator', '3 18446744073709551616\n4294967295 0\n1 2 3 4\n');
    expect(accesses).toEqual([]);
    expect(issues.map(({ line }) => line)).toEqual([1, 2, 3]);
  });
});

describe('champsim', () => {
  it('is a fetch, then the reads, then the writes of each instruction', () => {
    const record = Buffer.alloc(64);
    record.writeBigUInt64LE(0x401000n, 0);
    record.writeUInt8(1, 8);
    record.writeUInt8(1, 9);
    // Registers are no addresses.
    record.fill(0x55, 10, 16);
    record.writeBigUInt64LE(0x7fff00000010n, 24);
    record.writeBigUInt64LE(0x7fff00000020n, 32);
    record.writeBigUInt64LE(0x7fff00000030n, 56);
    expect(decodeChunks('champsim', [record]).accesses).toEqual([
      access('fetch', 0x401000, 0, 1),
      access('read', 0x7fff00000020n),
      access('read', 0x7fff00000030n),
      access('write', 0x7fff00000010n),
    ]);
  });

  it.each([8, 9])('has no record in which the flag at byte %i is neither 0 nor 1', (at) => {
    const records = Buffer.alloc(3 * 64, 1);
    records[64 + at] = 2;
    const { accesses, issues } = decodeChunks('champsim', [records]);
    expect(accesses.filter(({ kind }) => kind === 'fetch')).toHaveLength(2);
    expect(issues).toMatchObject([{ kind: 'bad-trace-record', line: 2, count: 1 }]);
  });
});

describe('drmemtrace', () => {
  it('makes accesses of reads, writes and all kinds of fetched instructions', () => {
    const fetches = [10, 11, 12, 13, 14, 15, 16, 31, 48, 49];
    const bytes = drmemtrace(
      [25, 0, 5n],
      [28, 2, 0x1234n],
      [22, 4, 77n],
      [24, 4, 77n],
      [47, 8, 0x90909090n],
      ...fetches.map((type, i) => [type, 4, BigInt(0x400000 + 4 * i)] as const),
      [0, 8, 0x7fff00000010n],
      [1, 4, 0x7fff00000018n],
      [5, 1, 0x100n],
      [26, 0, 0n],
    );
    expect(decodeChunks('drmemtrace', [bytes])).toMatchObject({
      accesses: [
        ...fetches.map((_, i) => access('fetch', 0x400000 + 4 * i, 4, 1)),
        access('read', 0x7fff00000010n, 8),
        access('write', 0x7fff00000018n, 4),
      ],
      issues: [],
    });
  });

  it('counts instructions that are not fetched with the next access', () => {
    const bytes = drmemtrace(
      [10, 3, 0x400n],
      [0, 8, 0x1000n],
      [29, 3, 0x400n],
      [0, 8, 0x1008n],
      [29, 3, 0x400n],
      [10, 1, 0x403n],
    );
    const { accesses } = decodeChunks('drmemtrace', [bytes]);
    expect(accesses.map(({ instructions }) => instructions)).toEqual([1, 0, 1, 2]);
  });

  it('tells of each unknown type once, with how many records it was', () => {
    const bytes = drmemtrace([25, 0, 5n], [57, 0, 0n], [10, 4, 0x400n], [57, 0, 0n], [60000, 1, 1n]);
    const { accesses, issues } = decodeChunks('drmemtrace', [bytes]);
    expect(accesses).toEqual([access('fetch', 0x400, 4, 1)]);
    expect(issues).toEqual([
      { kind: 'unknown-record-type', line: 2, text: 'type 57, 2 records', count: 2 },
      { kind: 'unknown-record-type', line: 5, text: 'type 60000, 1 records', count: 1 },
    ]);
  });

  it('tells of a record that is cut off', () => {
    const bytes = drmemtrace([25, 0, 5n], [10, 4, 0x400n], [0, 4, 0x500n]).subarray(0, 31);
    const { accesses, issues } = decodeChunks('drmemtrace', [bytes]);
    expect(accesses).toHaveLength(1);
    expect(issues).toEqual([{ kind: 'cut-record', line: 3, text: '7 of 12 bytes of a record', count: 1 }]);
  });
});

describe('libcachesim-csv', () => {
  const LINES = '1,33898,2a,512,42932745\n1,33899,28,57344,6238199\n1,33899,12,36,0\n';
  const EXPECTED = [access('write', 42932745n * 512n, 512), access('read', 6238199n * 512n, 57344)];

  it('has blocks of 512 bytes and SCSI operation codes; others than reads and writes make no access', () => {
    const { accesses, issues } = decodeText('libcachesim-csv', `version,time,op,size,lbn\n${LINES}`);
    expect(accesses).toEqual(EXPECTED);
    expect(issues).toEqual([{ kind: 'not-an-access', line: 4, text: '1,33899,12,36,0', count: 1 }]);
  });

  it('has no block beyond 64-bit addresses', () => {
    const { accesses, issues } = decodeText(
      'libcachesim-csv',
      '1,1,28,512,36028797018963967\n1,1,28,512,36028797018963968\n',
    );
    expect(accesses).toEqual([access('read', 2n ** 64n - 512n, 512)]);
    expect(issues).toMatchObject([{ kind: 'bad-trace-line', line: 2 }]);
  });

  it('may lack the line of names', () => {
    expect(decodeText('libcachesim-csv', LINES).accesses).toEqual(EXPECTED);
  });
});

describe('oracle-general', () => {
  function request(id: bigint): Buffer {
    const bytes = Buffer.alloc(24);
    bytes.writeBigUInt64LE(id, 4);
    bytes.writeUInt32LE(100_000, 12);
    bytes.writeBigInt64LE(-1n, 16);
    return bytes;
  }

  it('has objects: each is one line of 64 bytes, whatever its size', () => {
    const { accesses, issues } = decodeChunks('oracle-general', [request(1n), request(2n ** 57n + 3n)]);
    expect(accesses).toEqual([access('read', 64), access('read', (2n ** 57n + 3n) * 64n)]);
    expect(issues).toEqual([]);
  });

  it('tells once that ids are too long for that', () => {
    const { accesses, issues } = decodeChunks('oracle-general', [
      request(7n),
      request(2n ** 58n + 1n),
      request(2n ** 63n),
    ]);
    expect(accesses.map(({ address }) => address)).toEqual([448n, 64n, 0n]);
    expect(issues).toMatchObject([{ kind: 'object-id-cut', line: 2, count: 1 }]);
  });
});

describe('csv', () => {
  it('needs nothing but addresses', () => {
    expect(decodeText('csv', 'address\n64\n0x40\n\n').accesses).toEqual([access('read', 64), access('read', 64)]);
  });

  it('takes columns in any order, spaces around fields, and kinds as words or letters', () => {
    const text = ' Kind , when,ADDRESS,instructions\nwrite,0.5,0xffff800010a3f2c4, 7\n F ,1, 16 ,\nm,2,32,1\n,3,48,2\n';
    expect(decodeText('csv', `\u00ef\u00bb\u00bf${text}`).accesses).toEqual([
      access('write', 0xffff800010a3f2c4n, 0, 7),
      access('fetch', 16),
      access('modify', 32, 0, 1),
      access('read', 48, 0, 2),
    ]);
  });

  it.each(['x', '', '-1', '1.5', '0x', '0x11112222333344445', '18446744073709551616', '1 2'])(
    'refuses the address "%s"',
    (text) => {
      const { accesses, issues } = decodeText('csv', `kind,address\nread,${text}\n`);
      expect(accesses).toEqual([]);
      expect(issues).toMatchObject([{ kind: 'bad-trace-line', line: 2 }]);
    },
  );

  it('refuses lines with more or fewer fields than the header, unknown kinds, and sizes over 32 bits', () => {
    const { accesses, issues } = decodeText(
      'csv',
      'address,kind,size\n1,read\n1,read,4,4\n1,reads,4\n1,read,4294967296\n',
    );
    expect(accesses).toEqual([]);
    expect(issues.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
  });
});
