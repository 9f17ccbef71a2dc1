/**
 * Accesses in time. On the small machine an access takes 1 ns of computing, and then 2 ns if the L1D serves it (fetches from
 * the L1I nothing), 10 ns if the L2 does, 30 ns the L3, 100 ns memory.
 */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { benchPlan, planOf, TestClient } from './driven-fixture.ts';

const LINE = 64;

function timeOf(client: TestClient): number {
  return Number(/time=(\d+)$/.exec(client.ask('hello'))?.[1]);
}

describe('a foreground access', () => {
  it('takes the time of the levels that serve it, and time stops at its end', () => {
    const client = new TestClient();
    expect(client.ask('access 0 read 0x0 +1KiB')).toBe('ok accesses=16 ns=1616 l1d=0 l2=0 l3=0 memory=16');
    expect(timeOf(client)).toBe(16 * 101);
    expect(client.ask('access 0 read 0x0 +1KiB')).toBe('ok accesses=16 ns=48 l1d=16 l2=0 l3=0 memory=0');
    expect(client.ask('access 1 read 0x0 +1KiB')).toBe('ok accesses=16 ns=496 l1d=0 l2=0 l3=16 memory=0');
    expect(timeOf(client)).toBe(16 * (101 + 3 + 31));
  });

  it('goes through a range line by line, or by a stride, as often as asked', () => {
    const client = new TestClient();
    expect(client.ask('access 0 read 0x0 +1KiB stride 16')).toMatch(/^ok accesses=64 .* l1d=48 l2=0 l3=0 memory=16$/);
    expect(client.ask('access 0 read 0x8000 +1KiB stride 128 repeat 3')).toMatch(/^ok accesses=24 .*memory=8$/);
    expect(client.ask('access 0 read 0x10001 +1')).toMatch(/^ok accesses=1 .*memory=1$/);
    expect(client.ask('access 0 read 0x1003f +2')).toMatch(/^ok accesses=1 .*l1d=1 /);
  });

  it('overlaps with others as far as mlp allows, but its end is waited for', () => {
    const client = new TestClient();
    const overlapped = 15 * (1 + 100 / 4) + 101;
    expect(client.ask('access 0 read 0x0 +1KiB mlp 4')).toMatch(new RegExp(`^ok accesses=16 ns=${overlapped} `));
    expect(client.ask('access 0 read 0x1000 +1KiB serial')).toMatch(/^ok accesses=16 ns=1616 /);
  });

  it('ends when the data of all its reads is there, also where the last access is served by a cache', () => {
    // Memory with channels: 0.5 ns of computing, 80 ns of latency. The second access hits the L1D while the first one waits.
    const line = 'access 0 read 0x0 +64 stride 32 mlp 8';
    const client = new TestClient(benchPlan());
    expect(client.ask(line)).toBe('ok accesses=2 ns=80.5 l1d=1 l3=0 memory=1');
    expect(timeOf(client)).toBe(81);
    const background = new TestClient(benchPlan());
    background.send(`${line} background`, 'wait 50ns');
    expect(background.ask('wait done 0')).toBe('ok time=81');
    const beside = new TestClient(benchPlan());
    beside.send('access 1 read 0x10000 +64 repeat forever background');
    expect(beside.ask(line)).toBe('ok accesses=2 ns=80.5 l1d=1 l3=0 memory=1');
  });

  it('may fetch instructions, which the L1I serves for nothing', () => {
    const client = new TestClient();
    client.ask('access 0 fetch 0x0 +1KiB');
    expect(client.ask('access 0 fetch 0x0 +1KiB')).toBe('ok accesses=16 ns=16 l1i=16 l2=0 l3=0 memory=0');
  });

  it('may read and write each line in turn, or copy a range to another', () => {
    const client = new TestClient();
    expect(client.ask('access 0 read-write 0x0 +1KiB')).toBe('ok accesses=32 ns=1664 l1d=16 l2=0 l3=0 memory=16');
    expect(client.ask('copy 1 0x4000 +1KiB 0x8000')).toMatch(/^ok accesses=32 .* memory=32$/);
    expect(client.ask('access 1 read 0x8000 +512')).toMatch(/ l1d=0 l2=8 /);
  });

  it('can be refused while the PE is busy', () => {
    const client = new TestClient();
    client.send('access 0 read 0x0 +64 repeat forever background');
    expect(client.ask('access 0 read 0x0 +64')).toBe(
      'error: word 2 (0): the PE makes accesses already; allowed: a PE that makes none (hint: first: stop 0, or wait done 0)',
    );
  });
});

describe('a background access', () => {
  it('is made while time passes', () => {
    const client = new TestClient();
    expect(client.ask('access 0 read 0x0 +64KiB background')).toBe('ok');
    expect(timeOf(client)).toBe(0);
    expect(client.ask('wait 10100ns')).toBe('ok time=10100');
    expect(client.ask('stop 0')).toBe('ok accesses=100 ns=10100 l1d=0 l2=0 l3=0 memory=100');
  });

  it('can be waited for, to the ns if it is alone', () => {
    const client = new TestClient();
    client.send('access 0 read 0x0 +1KiB background');
    expect(client.ask('wait done 0')).toBe('ok time=1616');
    expect(client.ask('wait done')).toBe('ok time=1616');
  });

  it('runs beside others, in spans of the quantum', () => {
    const client = new TestClient();
    client.send('access 0 read 0x0 +1KiB repeat 1000 background', 'access 1 read 0x8000 +1KiB background');
    expect(client.ask('wait done 1')).toBe('ok time=2000');
    expect(client.ask('wait done')).toBe(`ok time=${16 * 101 + 999 * 16 * 3}`);
  });

  it('cannot be waited for if it goes on for ever', () => {
    const client = new TestClient();
    client.send('access 0 read 0x0 +64 repeat forever background');
    expect(client.ask('wait done')).toMatch(
      /^error: word 2 \(done\): PE 0 repeats for ever; .*stop 0, or wait TIME\)$/,
    );
    client.send('wait 1ms');
    expect(client.ask('stop 0')).toMatch(/^ok accesses=\d{6} /);
  });

  it('goes on under another label as soon as a register says so', () => {
    const client = new TestClient(planOf(undefined, 'machine.features.pmg_max=3'));
    client.send('pe 0 write MPAM3_EL3 0x8000000000000000', 'pe 0 el 2', 'pe 0 write MPAM2_EL2 0x0000000000010001');
    client.send('access 0 read 0x0 +64KiB tenant tenant-a background', 'wait 10100ns');
    client.send('pe 0 write MPAM2_EL2 0x0000030000020002', 'wait 10100ns', 'stop 0');
    expect(client.ask('counters memory')).toBe(
      'ok label=ns/1/0 tenant=tenant-a read=6400 written=0 ; label=ns/2/3 tenant=tenant-a read=6400 written=0',
    );
    expect(client.ask('counters l3-0')).toBe(
      'ok label=ns/1/0 tenant=tenant-a lines=100 bytes=6400 fills=100 evicted=0 ; ' +
        'label=ns/2/3 tenant=tenant-a lines=100 bytes=6400 fills=100 evicted=0',
    );
  });
});

describe('bandwidth in closed form', () => {
  const closedForm = (): TestClient => new TestClient(benchPlan('machine.topology.memory.mode=closed-form'));
  const STREAM = 'access 0 read 0x0 +4MiB mlp 64';
  const nsOf = (answer: string): number => Number(/ ns=([\d.]+) /.exec(answer)![1]);

  it('gives a stream what memory has, once its load has been measured', () => {
    const ns = nsOf(closedForm().ask(STREAM));
    // 12.8 GB/s, but for the first of 33 intervals, in which nothing is known and no request waits.
    expect(2 ** 22 / 12.8 / ns).toBeGreaterThan(0.97);
    expect(2 ** 22 / 12.8 / ns).toBeLessThan(1.25);
  });

  it('is the same in the foreground, and while time passes in the background', () => {
    const [foreground, background] = [closedForm(), closedForm()];
    const answer = foreground.ask(STREAM);
    background.send(`${STREAM} background`, 'wait 20us', 'wait 13ns', 'wait 40us', 'wait done');
    expect(timeOf(background)).toBe(timeOf(foreground));
    expect(timeOf(foreground)).toBe(Math.ceil(nsOf(answer)));
  });

  it('has nobody wait after a rest', () => {
    const client = closedForm();
    client.send(STREAM);
    expect(nsOf(client.ask('access 0 read 0x1000000 +64'))).toBeGreaterThan(100);
    client.send('wait 200us');
    expect(nsOf(client.ask('access 0 read 0x1100000 +64'))).toBeCloseTo(80.5, 0);
  });
});

test('waits add up, those of an idle month included', () => {
  const client = new TestClient();
  expect(client.send('wait 3us', 'wait 0', 'wait 720h')).toEqual([
    'ok time=3000',
    'ok time=3000',
    expect.stringMatching(/^error: /),
  ]);
  expect(client.ask('wait 43200min')).toBe(`ok time=${3000 + 30 * 24 * 3600 * 1e9}`);
});

test('the accesses of a request are those that counting by hand finds', () => {
  const request = fc.record({
    address: fc.integer({ min: 0, max: 2 ** 15 }),
    bytes: fc.integer({ min: 1, max: 2 ** 12 }),
    stride: fc.integer({ min: 1, max: 300 }),
    repeat: fc.integer({ min: 1, max: 3 }),
    kind: fc.constantFrom('read', 'write', 'read-write'),
  });
  fc.assert(
    fc.property(request, ({ address, bytes, stride, repeat, kind }) => {
      const lines = new Set<number>();
      let accesses = 0;
      for (let offset = 0; offset < bytes; offset += stride) {
        lines.add(Math.floor((address + offset) / LINE));
        accesses += repeat * (kind === 'read-write' ? 2 : 1);
      }
      const client = new TestClient();
      const answer = client.ask(`access 0 ${kind} ${address} +${bytes} stride ${stride} repeat ${repeat}`);
      expect(answer).toMatch(new RegExp(`^ok accesses=${accesses} .* memory=${lines.size}$`));
    }),
    { numRuns: 60 },
  );
});
