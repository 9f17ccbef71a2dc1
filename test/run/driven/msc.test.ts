/** MSCs as software reaches them through the bus, on the machine of scenarios/firmware-bench.yaml: an L3, and a memory of two channels. */
import { describe, expect, it, test } from 'vitest';
import { benchPlan, labelledClient, TestClient } from './driven-fixture.ts';

describe('a register of an MSC', () => {
  it('is reached by its offset, its width and its page, or by its name', () => {
    const client = new TestClient(benchPlan());
    expect(client.send('msc mem-0 read32 0x20', 'msc mem-0 read32 ns 0x20', 'msc mem-0 read MPAMF_AIDR')).toEqual([
      'ok 0x00000011',
      'ok 0x00000011',
      'ok 0x00000011',
    ]);
    expect(client.ask('msc l3-0 read64 0x0')).toBe(client.ask('msc l3-0 read MPAMF_IDR'));
    expect(client.ask('msc l3-0 read MPAMF_IDR')).toMatch(/^ok 0x[0-9a-f]{8}..03003f$/);
  });

  it('keeps what is written for the selected PARTID, in each page by itself', () => {
    const client = new TestClient(benchPlan());
    client.send('msc l3-0 write MPAMCFG_PART_SEL 5', 'msc l3-0 write MPAMCFG_CPBM0 0x00f0');
    expect(client.send('msc l3-0 read MPAMCFG_CPBM0', 'msc l3-0 read32 0x1000')).toEqual([
      'ok 0x000000f0',
      'ok 0x000000f0',
    ]);
    client.send('msc l3-0 write s MPAMCFG_PART_SEL 5');
    expect(client.ask('msc l3-0 read s MPAMCFG_CPBM0')).toBe('ok 0x0000ffff');
    client.send('msc l3-0 write MPAMCFG_PART_SEL 6');
    expect(client.ask('msc l3-0 read MPAMCFG_CPBM0')).toBe('ok 0x0000ffff');
  });

  it('of 64 bits may be written whole', () => {
    const client = new TestClient(benchPlan());
    client.send('msc mem-0 write MSMON_MBWU_L 0x0000000112345678');
    expect(client.ask('msc mem-0 read MSMON_MBWU_L')).toBe('ok 0x0000000112345678');
  });

  it('that is numbered is reached by its number', () => {
    const client = new TestClient(benchPlan());
    expect(client.ask('msc mem-0 read MPAMCFG_MBW_PBM0')).toBe('ok 0xffffffff');
    expect(client.ask('msc mem-0 read MPAMCFG_MBW_PBM1')).toBe('ok 0x00000000');
    expect(client.ask('msc mem-0 read MPAMCFG_MBW_PBM128')).toMatch(
      /^error: word 4 \(MPAMCFG_MBW_PBM128\): no such register/,
    );
  });

  it('that is not there, or at no whole word, reads as zero', () => {
    const client = new TestClient(benchPlan());
    expect(client.send('msc l3-0 read32 0x208', 'msc l3-0 read32 0x3', 'msc l3-0 read32 0xfffffffc')).toEqual([
      'ok 0x00000000',
      'ok 0x00000000',
      'ok 0x00000000',
    ]);
  });

  it('changes what the caches do', () => {
    const client = labelledClient();
    client.send('msc l3-0 write MPAMCFG_PART_SEL 1', 'msc l3-0 write MPAMCFG_CPBM0 0x000f');
    client.send('access 0 read 0x0 +4MiB');
    expect(client.ask('counters l3-0')).toMatch(/^ok label=ns\/1\/1 tenant=- lines=1024 bytes=65536 /);
  });
});

describe('an interrupt', () => {
  it('comes before the answer of the command that led to it, and goes when its cause is cleared', () => {
    const client = new TestClient(benchPlan());
    client.send('msc l3-0 write MPAMF_ECR 1', 'msc l3-0 write MPAMCFG_PART_SEL 0x100');
    expect(client.send('#9 msc l3-0 write MPAMCFG_CPBM0 0xff')).toEqual([
      '! interrupt msc=l3-0 kind=error-wired level=high space=ns time=0',
      '#9 ok',
    ]);
    expect(client.ask('msc l3-0 wires')).toMatch(/^ok error-ns=1 overflow-ns=0 error-s=0 overflow-s=0/);
    expect(client.send('msc l3-0 write MPAMF_ESR 0')).toEqual([
      '! interrupt msc=l3-0 kind=error-wired level=low space=ns time=0',
      'ok',
    ]);
  });

  it('may be a message to an address', () => {
    const client = new TestClient(benchPlan());
    client.send('msc l3-0 write MPAMF_ECR 1', 'msc l3-0 write MPAMCFG_PART_SEL 0x100');
    client.send('msc l3-0 write MPAMF_ERR_MSI_ADDR_L 0x40000040', 'msc l3-0 write MPAMF_ERR_MSI_ADDR_H 1');
    client.send('msc l3-0 write MPAMF_ERR_MSI_DATA 42', 'msc l3-0 write MPAMF_ERR_MSI_ATTR 1');
    expect(client.send('msc l3-0 write MPAMCFG_CPBM0 0xff')).toEqual([
      '! interrupt msc=l3-0 kind=error-msi level=edge space=ns address=0x0000000140000040 data=0x0000002a time=0',
      'ok',
    ]);
  });

  it('of a monitor comes when the counter overflows, while accesses are made', () => {
    const client = labelledClient();
    client.send('msc mem-0 write MSMON_CFG_MBWU_FLT 0x00010001', 'msc mem-0 write MSMON_CFG_MBWU_CTL 0x82030042');
    client.send('msc mem-0 write MSMON_MBWU 0x7fffff00');
    const lines = client.send('access 0 read 0x0 +64KiB');
    expect(lines).toEqual([
      expect.stringMatching(/^! interrupt msc=mem-0 kind=overflow-wired level=high space=ns time=\d+$/),
      expect.stringMatching(/^ok accesses=1024 /),
    ]);
    // Of 512 lines that channel 0 served, 4 were left to the overflow.
    expect(client.ask('msc mem-0 read MSMON_MBWU')).toBe(`ok 0x${((512 - 4) * 64).toString(16).padStart(8, '0')}`);
  });
});

describe('an overflow', () => {
  it.each(['', ' background'])('is told within a microsecond of the access that led to it%s', (background) => {
    const client = labelledClient();
    client.send('msc mem-0 write MSMON_CFG_MBWU_FLT 0x00010001', 'msc mem-0 write MSMON_CFG_MBWU_CTL 0x82030042');
    client.send('msc mem-0 write MSMON_MBWU 0x7fffff00');
    // Serial reads of 80.5 ns. Every fourth one goes to each channel's own four lines in a row, so that the fifth line of
    // channel 0, which overflows, is one of the first 16.
    const lines = client.send(`access 0 read 0x0 +64KiB${background}`, 'wait 50us');
    const [, time] = /overflow-wired level=high space=ns time=(\d+)$/.exec(
      lines.find((line) => line.startsWith('!'))!,
    )!;
    expect(Number(time)).toBeLessThan(16 * 80.5 + 1000);
  });
});

describe('a label out of range', () => {
  it('is told at the end of the span in which it was met, and before the answer', () => {
    const client = labelledClient(benchPlan('machine.features.partid_max=255'));
    client.send('msc l3-0 write MPAMF_ECR 1', 'pe 0 write MPAM1_EL1 0x0000000000c800c8');
    expect(client.send('access 0 read 0x0 +64')).toEqual([
      '! interrupt msc=l3-0 kind=error-wired level=high space=ns time=81',
      'ok accesses=1 ns=80.5 l1d=0 l3=0 memory=1',
    ]);
    expect(client.ask('msc l3-0 read MPAMF_ESR')).toMatch(/^ok 0x00000000.2..00c8$/);
  });
});

test('a monitor is captured by an external event, and counts on', () => {
  const client = labelledClient();
  client.send('msc mem-0 write MSMON_CFG_MBWU_FLT 0x00010001', 'msc mem-0 write MSMON_CFG_MBWU_CTL 0xb0030042');
  // A write of the value clears NRDY.
  client.send(
    'msc mem-0 write MSMON_MBWU 0',
    'access 0 read 0x0 +512',
    'capture mem-0 2',
    'msc mem-0 read MSMON_MBWU_CAPTURE',
  );
  expect(client.ask('msc mem-0 read MSMON_MBWU_CAPTURE')).toBe('ok 0x00000000');
  client.send('capture all 3', 'access 0 read 0x10000 +512');
  expect(client.send('msc mem-0 read MSMON_MBWU_CAPTURE', 'msc mem-0 read MSMON_MBWU')).toEqual([
    'ok 0x00000100',
    'ok 0x00000200',
  ]);
});

describe('maintenance', () => {
  it('writes dirty lines back, drops lines, or both', () => {
    const client = labelledClient();
    client.send('access 0 write 0x0 +8KiB');
    expect(client.ask('maintain clean 0x0 +8KiB')).toBe('ok lines=128');
    expect(client.ask('counters memory')).toBe('ok label=ns/1/1 tenant=- read=8192 written=8192');
    expect(client.ask('access 0 read 0x0 +8KiB')).toMatch(/ l1d=128 l3=0 memory=0$/);
    expect(client.ask('maintain invalidate 0x0 +8KiB')).toBe('ok lines=128');
    expect(client.ask('access 0 write 0x0 +8KiB')).toMatch(/ l1d=0 l3=0 memory=128$/);
    client.send('maintain clean-invalidate 0x0 +4KiB');
    expect(client.ask('counters memory')).toBe('ok label=ns/1/1 tenant=- read=16384 written=12288');
    client.send('maintain invalidate 0x0 +8KiB');
    expect(client.ask('counters memory')).toBe('ok label=ns/1/1 tenant=- read=16384 written=12288');
  });

  it('of more than memory has room for takes the time that memory needs', () => {
    const client = labelledClient();
    client.send('access 0 write 0x0 +256KiB');
    client.send('maintain clean 0x0 +64MiB');
    expect(client.ask('counters memory')).toBe('ok label=ns/1/1 tenant=- read=262144 written=262144');
  });
});

describe('bandwidth', () => {
  /** MPAMCFG_MBW_MAX in both channels. */
  const limit = (client: TestClient, partid: number, value: string): void => {
    for (const ris of [0, 1]) {
      client.send(`msc mem-0 write MPAMCFG_PART_SEL 0x0${ris}00${partid.toString(16).padStart(4, '0')}`);
      client.send(`msc mem-0 write MPAMCFG_MBW_MAX ${value}`);
    }
  };

  it('of a hard limit is what a stream gets, even alone', () => {
    const client = labelledClient();
    limit(client, 1, '0x80001f00');
    const answer = client.ask('access 0 read 0x0 +4MiB mlp 16');
    const ns = Number(/ ns=([\d.]+) /.exec(answer)![1]);
    // An eighth of 12.8 GB/s (0x20 of 256), but for the first window, in which the stream begins at once.
    expect((2 ** 22 / ns / 12.8) * 8).toBeGreaterThan(0.99);
    expect((2 ** 22 / ns / 12.8) * 8).toBeLessThan(1.02);
  });

  it('is the same whether accesses are made in the foreground, or while time passes', () => {
    const foreground = labelledClient();
    const background = labelledClient();
    const line = 'access 0 read-write 0x0 +512KiB mlp 4';
    const answer = foreground.ask(line);
    background.send(`${line} background`, 'wait 20us', 'wait 13ns', 'wait 40us', 'wait done');
    expect(background.ask('hello').split(' ').at(-1)).toBe(foreground.ask('hello').split(' ').at(-1));
    expect(background.ask('counters memory')).toBe(foreground.ask('counters memory'));
    expect(foreground.ask('counters l3-0')).toBe(background.ask('counters l3-0'));
    expect(answer).toMatch(/^ok accesses=16384 /);
  });

  it('of what is written back goes on while time passes, and nothing is lost when time stops at a last access', () => {
    const client = labelledClient();
    client.send('access 0 write 0x0 +512KiB mlp 16');
    const first = client.ask('access 0 read 0x100000 +64');
    const second = client.ask('access 0 read 0x200000 +64');
    for (const answer of [first, second]) expect(answer).toMatch(/^ok accesses=1 ns=\d+(\.\d+)? l1d=0 l3=0 memory=1$/);
    client.send('wait 1ms');
    expect(client.ask('access 0 read 0x300000 +64')).toBe('ok accesses=1 ns=80.5 l1d=0 l3=0 memory=1');
  });

  it('has PEs wait side by side, and lets one be stopped while it waits', () => {
    const client = labelledClient();
    limit(client, 1, '0x80000000');
    client.send('access 0 read 0x0 +1MiB background', 'access 1 read 0x100000 +1MiB mlp 8 background', 'wait 5us');
    expect(client.ask('stop 0')).toMatch(/^ok accesses=\d+ ns=5000 /);
    expect(client.ask('wait done')).toMatch(/^ok time=\d+$/);
    limit(client, 1, '0x0000ffff');
    expect(client.ask('access 0 read 0x3000000 +64')).toMatch(/ memory=1$/);
  });
});
