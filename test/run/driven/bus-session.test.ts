/** The protocol: lines, answers, tags, problems; and the PEs as software finds them. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { TestClient } from './driven-fixture.ts';

describe('a line', () => {
  it('is answered by one line, which bears its tag', () => {
    const client = new TestClient();
    expect(client.send('#7 pe 0 el 1')).toEqual(['#7 ok']);
    expect(client.send('#a.b pe 0 el 9')).toEqual([
      '#a.b error: word 4 (9): out of range; allowed: an Exception level, 0 to 3',
    ]);
  });

  it('may have tabs and several spaces between its words', () => {
    expect(new TestClient().send('  pe\t0   el 1 ')).toEqual(['ok']);
  });

  it('that is empty is no command and has no answer', () => {
    expect(new TestClient().send('', '   ', '\t')).toEqual([]);
  });

  it('says who answers, and what the machine has', () => {
    expect(new TestClient().ask('hello')).toBe(
      'ok mpamlab-bus 1 machine=machine pes=2 mscs= caches=l1i-0,l1i-1,l1d-0,l1d-1,l2-0,l2-1,l3-0 line=64 memory=1048576 time=0',
    );
  });

  it('may ask for help, of all commands or of one', () => {
    const client = new TestClient();
    expect(client.ask('help')).toMatch(/^ok commands: access, capture, .*, wait; help COMMAND/);
    expect(client.ask('help stop')).toBe('ok stop PE');
  });

  it('can end the session', () => {
    const client = new TestClient();
    expect(client.session.hasQuit).toBe(false);
    expect(client.send('quit')).toEqual(['ok']);
    expect(client.session.hasQuit).toBe(true);
  });
});

/** Line, then the answer: place, value, what is wrong, what is allowed, hint. */
test.each([
  ['frob', /^error: word 1 \(frob\): no such command; allowed: access, .*wait$/],
  ['acess 0 read 0 +1', /^error: word 1 \(acess\): no such command; allowed: .* \(hint: did you mean access\?\)$/],
  ['pe', 'error: word 2: the line ends here; allowed: a PE'],
  ['pe 2 state', 'error: word 2 (2): out of range; allowed: a PE, 0 to 1'],
  ['pe x state', 'error: word 2 (x): not a number; allowed: a PE, 0 to 1 (hint: decimal, or hexadecimal with 0x)'],
  ['pe 0 state now', 'error: word 4 (now): one word too many; allowed: the end of the line'],
  [
    'pe 0 read MPAM1_EL7',
    /^error: word 4 \(MPAM1_EL7\): no such register; allowed: .*\(hint: did you mean MPAM1_EL1\?\)$/,
  ],
  ['pe 0 write MPAM1_EL1 0x1g', /^error: word 5 \(0x1g\): no 64-bit value; allowed: a value, 0x0 to 0xf{16}$/],
  ['pe 0 write MPAM1_EL1 18446744073709551616', /^error: word 5 \(18446744073709551616\): no 64-bit value/],
  ['pe 0 write MPAM1_EL1', 'error: word 5: the line ends here; allowed: a value'],
  ['pe 0 security root', 'error: word 4 (root): no such Security state; allowed: ns, s, realm'],
  ['pe 0 security realm', 'error: word 4 (realm): the PE has no such state (sp4); allowed: ns, s'],
  [
    'access 0 read 0x0 64',
    'error: word 5 (64): no length; allowed: a plus sign and a size (hint: e.g. +0x1000 or +64KiB)',
  ],
  ['access 0 read 0x0 +0', 'error: word 5 (+0): out of range; allowed: a length, 1 to 9007199254740991 bytes'],
  [
    'access 0 read 0xfffff +2',
    'error: word 5 (+2): goes up to 0x100000, beyond memory; allowed: addresses 0x0 to 0xfffff ' +
      '(hint: memory is as large as topology.memory.recorded of the scenario)',
  ],
  ['access 0 read 0x0 +64 mlp 0', 'error: word 7 (0): out of range; allowed: accesses under way, 1 to 64'],
  ['access 0 read 0x0 +64 tenant b', 'error: word 7 (b): no such tenant; allowed: tenant-a'],
  [
    'access 0 read 0x0 +64 repeat forever',
    /^error: word 7 \(forever\): endless accesses in the foreground; .*background/,
  ],
  ['stop 1', 'error: word 2 (1): the PE makes no accesses; allowed: none now'],
  [
    'access 0 read 0x0 +64KiB repeat 100000000',
    /^error: word 7 \(100000000\): 102400000000 accesses in the foreground; allowed: at most 68719476736 \(hint: add background/,
  ],
  ['access 0 read 0x0 +64 mlp 8 mlp 4', 'error: word 8 (mlp): given twice; allowed: each option once'],
  ['access 0 read 0x0 +64 background background', /^error: word 7 \(background\): given twice/],
  ['access 0 read 0x0 +64 serial mlp 8', /^error: word 7 \(mlp\): serial accesses wait .*; allowed: serial or mlp$/],
  ['copy 0 0x0 +64 0x1000 mlp 8 serial', /^error: word 8 \(serial\): serial accesses wait/],
  [
    'wait soon',
    'error: word 2 (soon): no such time; allowed: a time, or done, 0 to 2592000s ' +
      '(hint: a number and one of the units ns, us, ms, s, min)',
  ],
  [
    'counters mem-0',
    'error: word 2 (mem-0): no such cache; allowed: l1i-0, l1i-1, l1d-0, l1d-1, l2-0, l2-1, l3-0, memory',
  ],
  ['capture foo 1', 'error: word 2 (foo): no such MSC; allowed: all'],
  ['msc l3-0 read32 0x0', 'error: word 2 (l3-0): no such MSC; allowed: none'],
  ['pe 0 frob', 'error: word 3 (frob): no such verb of pe; allowed: read, write, el, security, hcr, reset, state'],
  [`#${'x'.repeat(63)} pe`, `#${'x'.repeat(63)} error: word 2: the line ends here; allowed: a PE`],
  [`#${'x'.repeat(64)} pe 0 reset`, 'error: word 1: the tag is too long; allowed: # and up to 63 characters'],
  ['#1', '#1 error: word 2: the line ends here; allowed: a command'],
  [
    '\u0000\u001b[31m\u202e',
    'error: word 1 (\\x00\\x1b[31m\\u202e): no such command; allowed: access, capture, copy, counters, hello, help, maintain, msc, pe, quit, stop, wait',
  ],
])('the line %j is refused, with place, value, range and hint', (line, answer) => {
  const client = new TestClient();
  expect(client.send(line)).toEqual([typeof answer === 'string' ? answer : expect.stringMatching(answer)]);
});

test('whatever a line holds, it has one answer, and the machine goes on', () => {
  const client = new TestClient();
  const word = fc.oneof(
    fc.constantFrom(
      'pe',
      'msc',
      'access',
      'copy',
      'wait',
      'stop',
      'maintain',
      'capture',
      'counters',
      'help',
      '#9',
      '!',
    ),
    fc.constantFrom(
      '0',
      '1',
      '-1',
      '0x',
      '0xffffffffffffffffff',
      '1e9',
      '+64',
      '+-1',
      '10ns',
      'done',
      'all',
      'read',
      'write',
    ),
    fc.constantFrom(
      'MPAM2_EL2',
      'el',
      'hcr',
      'e2h',
      'l3-0',
      'memory',
      'clean',
      'stride',
      'repeat',
      'background',
      'mlp',
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const line = fc.array(word, { maxLength: 8 }).map((words) => words.join(' ').replaceAll('\n', ' '));
  fc.assert(
    fc.property(line, (text) => {
      const lines = client.send(text);
      if (text.trim() === '') expect(lines).toEqual([]);
      else expect(lines.map((answer) => /^(#\S* )?(ok|error:|trap|undef)/.test(answer))).toEqual([true]);
    }),
    { numRuns: 1000 },
  );
  expect(client.ask('pe 0 state')).toMatch(/^ok el=/);
});

describe('a PE', () => {
  it('comes out of reset at EL3, with accesses from below trapped there', () => {
    const client = new TestClient();
    expect(client.ask('pe 0 state')).toBe(
      'ok el=3 world=firmware security=ns el2=1 e2h=0 tge=0 data=s/0/0 instruction=s/0/0',
    );
    expect(client.send('pe 0 read MPAM3_EL3', 'pe 0 el 2', 'pe 0 read MPAM2_EL2')).toEqual([
      'ok 0x4000000000000000',
      'ok',
      'trap EL3',
    ]);
  });

  it('traps EL1 to EL2 where MPAM2_EL2 says so, and knows no registers of higher levels', () => {
    const client = new TestClient();
    client.send('pe 0 write MPAM3_EL3 0x8000000000000000', 'pe 0 write MPAM2_EL2 0x0003000000000000', 'pe 0 el 1');
    expect(
      client.send('pe 0 read MPAM1_EL1', 'pe 0 write MPAM0_EL1 1', 'pe 0 read MPAM2_EL2', 'pe 0 write MPAMIDR_EL1 0'),
    ).toEqual(['trap EL2', 'trap EL2', 'undef', 'undef']);
  });

  it('reaches MPAM2_EL2 by the name MPAM1_EL1 under E2H, and MPAM1_EL1 by MPAM1_EL12', () => {
    const client = new TestClient();
    client.send('pe 0 write MPAM3_EL3 0x8000000000000000', 'pe 0 el 2', 'pe 0 hcr e2h 1 tge 1');
    client.send('pe 0 write MPAM1_EL1 0x0000000000050005', 'pe 0 write MPAM1_EL12 0x0000000000060006');
    expect(client.send('pe 0 read MPAM2_EL2', 'pe 0 read MPAM1_EL12')).toEqual([
      'ok 0x8000000000050005',
      'ok 0x8000000000060006',
    ]);
    client.send('pe 0 hcr e2h 0');
    expect(client.send('pe 0 read MPAM1_EL1', 'pe 0 read MPAM1_EL12')).toEqual(['ok 0x8000000000060006', 'undef']);
  });

  it('has the label of its Exception level in force', () => {
    const client = new TestClient();
    client.send('pe 1 write MPAM3_EL3 0x8000000000000000', 'pe 1 write MPAM1_EL1 0x0000000100020003', 'pe 1 el 1');
    expect(client.ask('pe 1 state')).toMatch(/ data=ns\/2\/0 instruction=ns\/3\/1$/);
    client.send('pe 1 security s');
    expect(client.ask('pe 1 state')).toMatch(/ data=s\/2\/0 instruction=s\/3\/1$/);
    client.send('pe 1 el 0');
    expect(client.ask('pe 1 state')).toMatch(/ data=s\/0\/0 instruction=s\/0\/0$/);
  });

  it('cannot be at an EL2 that is not enabled', () => {
    const client = new TestClient();
    expect(client.ask('pe 0 security s el2 0')).toBe('ok');
    expect(client.ask('pe 0 el 2')).toBe(
      'error: word 4 (2): EL2 is not enabled; allowed: 0, 1, 3 (hint: pe PE security s el2 1)',
    );
    client.send('pe 0 security s el2 1', 'pe 0 el 2');
    expect(client.ask('pe 0 security s el2 0')).toMatch(
      /the PE is at EL2; allowed: EL2 enabled \(hint: first: pe 0 el 1\)/,
    );
  });

  it('forgets in a reset what was set before', () => {
    const client = new TestClient();
    client.send('pe 0 write MPAM3_EL3 0x8000000000000000', 'pe 0 security s', 'pe 0 el 1', 'pe 0 reset');
    expect(client.ask('pe 0 state')).toMatch(/^ok el=3 world=firmware security=ns /);
    expect(client.ask('pe 0 read MPAM3_EL3')).toBe('ok 0x4000000000000000');
  });
});
