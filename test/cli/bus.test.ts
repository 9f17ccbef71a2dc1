/** `mpamlab bus` as a process, with a client at the other end of a pipe or a socket. */
import type { ChildProcess } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRun } from '../../src/history/run-reader.ts';
import { SMALL_MACHINE } from '../run/driven/driven-fixture.ts';
import { temporaryFolder } from '../support/run-files.ts';
import { mpamlab, start } from './mpamlab-process.ts';

const FOLDER = temporaryFolder();
const SCENARIO = join(FOLDER, 'small.yaml');
writeFileSync(SCENARIO, SMALL_MACHINE);

/** A process of the bus; its answers are read as they come. */
class BusProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(...args: readonly string[]) {
    const { child, ended } = start(['bus', SCENARIO, ...args], { NO_COLOR: '1' }, 'pipe');
    this.child = child;
    child.stdin!.on('error', () => {});
    child.stdout!.on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr!.on('data', (text: string) => {
      this.stderr += text;
    });
    this.ended = ended.then(({ code }) => code);
  }

  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Wait until so many lines have come. */
  async answered(count: number): Promise<void> {
    while (this.lines.length < count) await new Promise((done) => setTimeout(done, 5));
  }
}

/** A client on a socket. */
class SocketClient {
  readonly socket: Socket;
  text = '';
  readonly closed: Promise<void>;

  constructor(path: string, options: { readonly allowHalfOpen?: boolean } = {}) {
    this.socket = connect({ path, ...options });
    this.socket.setEncoding('utf8').on('data', (text) => {
      this.text += String(text);
    });
    this.closed = new Promise((done) => {
      this.socket.on('close', () => done());
    });
    this.socket.on('error', () => {});
  }

  async ask(line: string): Promise<string> {
    const before = this.text.length;
    this.socket.write(`${line}\n`);
    while (!this.text.slice(before).includes('\n')) await new Promise((done) => setTimeout(done, 2));
    return this.text.slice(before).trimEnd();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 5));
}

describe('over stdin and stdout', () => {
  it('answers line by line, and stores a run that verifies', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const bus = new BusProcess('-o', path);
    bus.child.stdin!.write('hello\n');
    await bus.answered(1);
    bus.child.stdin!.write('#1 access 0 read 0x0 +1KiB\r\npe 0 state\n');
    await bus.answered(3);
    bus.child.stdin!.end();
    expect(await bus.ended).toBe(0);
    expect(bus.lines[1]).toBe('#1 ok accesses=16 ns=1616 l1d=0 l2=0 l3=0 memory=16');
    expect(bus.stderr).toMatch(/^mpamlab: the run ended at .*run\.db, \d+ events, digest [0-9a-f]{64}\n$/);
    const verified = await mpamlab('verify', path);
    expect([verified.code, verified.stdout]).toEqual([0, expect.stringContaining('all equal')]);
  });

  it('takes 100,000 commands in one write of a client that reads no answer before its last', async () => {
    const bus = new BusProcess('--no-store');
    bus.child.stdout!.pause();
    const commands = Array.from(
      { length: 100_000 },
      (_, at) => `#${at} pe 0 write MPAM2_EL2 0x${(at % 50).toString(16)}`,
    );
    await new Promise<void>((done) => void bus.child.stdin!.end(`${commands.join('\n')}\n`, () => done()));
    bus.child.stdout!.resume();
    expect(await bus.ended).toBe(0);
    expect(bus.lines.length).toBe(100_000);
    expect(bus.lines.every((line, at) => line === `#${at} ok`)).toBe(true);
  });

  it('says what is wrong with garbage, endless lines and half a line, and ends well', async () => {
    const bus = new BusProcess('--no-store');
    bus.child.stdin!.write(Buffer.from([0xff, 0x00, 0x9b, 0x31, 0x0a]));
    bus.child.stdin!.write(`${'x'.repeat(2 ** 20)}\n\npe 0 el 1\n`);
    bus.child.stdin!.end('pe 0 reset');
    expect(await bus.ended).toBe(0);
    expect(bus.lines).toEqual([
      expect.stringMatching(/^error: word 1 \(.*\\x00.*\): no such command/),
      'error: the line is too long; allowed: 4096 bytes',
      'ok',
      'error: the input ends in the middle of a line, which is not done; allowed: a line feed after every line',
    ]);
    expect(bus.stderr).not.toMatch(/\n\s+at /);
  });

  it('ends at quit, whatever follows', async () => {
    const bus = new BusProcess('--no-store');
    bus.child.stdin!.write('quit\npe 0 reset\n');
    expect(await bus.ended).toBe(0);
    expect(bus.lines).toEqual(['ok']);
  });

  it('is ended cleanly by Ctrl-C, in the middle of a command too', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const bus = new BusProcess('-o', path);
    bus.child.stdin!.write('hello\naccess 0 read 0x0 +512KiB repeat 100000\n');
    await bus.answered(1);
    await new Promise((done) => setTimeout(done, 200));
    bus.child.kill('SIGINT');
    expect(await bus.ended).toBe(130);
    const reader = openRun(path);
    reader.close();
    expect(reader.status).toBe('interrupted');
  });

  it.each([5, 60, 400])(
    'leaves a whole prefix that verifies when it is killed %i ms into its work',
    async (delayMs) => {
      const path = join(temporaryFolder(), 'run.db');
      const bus = new BusProcess('-o', path);
      bus.child.stdin!.write('hello\n');
      await bus.answered(1);
      const commands = Array.from(
        { length: 1000 },
        (_, at) => `pe 0 write MPAM2_EL2 ${at % 60}\naccess 0 read ${at % 9}KiB +1KiB\n`,
      );
      const text = commands.join('');
      const feeding = setInterval(() => bus.child.stdin!.write(text), 10);
      await bus.answered(2);
      await new Promise((done) => setTimeout(done, delayMs));
      bus.child.kill('SIGKILL');
      await bus.ended;
      clearInterval(feeding);
      const verified = await mpamlab('verify', path, '--json');
      expect(JSON.parse(verified.stdout)).toMatchObject({
        ok: true,
        integrity: { isWhole: true, status: 'interrupted' },
        replay: { kind: 'equal' },
      });
    },
  );

  it('is ended by Ctrl-C although nobody reads its answers', async () => {
    const bus = new BusProcess('--no-store');
    bus.child.stdin!.write('hello\n');
    await bus.answered(1);
    bus.child.stdout!.pause();
    await new Promise<void>((done) => void bus.child.stdin!.write('pe 0 state\n'.repeat(20_000), () => done()));
    bus.child.kill('SIGINT');
    await until(() => bus.child.exitCode !== null);
    bus.child.stdout!.resume();
    expect(await bus.ended).toBe(130);
  });

  it('keeps its run when the reader of its answers goes away', async () => {
    const path = join(temporaryFolder(), 'run.db');
    const bus = new BusProcess('-o', path);
    bus.child.stdin!.write('hello\n');
    await bus.answered(1);
    bus.child.stdout!.destroy();
    bus.child.stdin!.end('pe 0 el 1\n'.repeat(1000));
    expect(await bus.ended).toBe(0);
    const reader = openRun(path);
    reader.close();
    expect([reader.status, reader.lastSeq > 1000]).toEqual(['completed', true]);
  });

  it('says what is wrong with a scenario or a machine that it cannot drive', async () => {
    const missing = await mpamlab('bus', 'scenarios/none.yaml');
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('there is no such file')]);
    const noTopology = await mpamlab('bus', 'scenarios/guest-el1-label.yaml', '--no-store');
    expect([noTopology.code, noTopology.stderr]).toEqual([2, expect.stringContaining('has no topology; allowed:')]);
    const noMachine = await mpamlab('bus', SCENARIO, '--machine', 'big', '--no-store');
    expect([noMachine.code, noMachine.stderr]).toEqual([
      2,
      expect.stringContaining('there is no machine "big"; allowed: machine'),
    ]);
  });

  it('leaves no run file if it cannot begin', async () => {
    const folder = temporaryFolder();
    const socket = join(folder, 'none', 'bus.sock');
    const { code } = await mpamlab('bus', SCENARIO, '-o', join(folder, 'run.db'), '--socket', socket);
    expect([code, readdirSync(folder)]).toEqual([3, []]);
  });
});

describe('over a socket', () => {
  it('serves one client at a time, each where the one before left the machine, until one says quit', async () => {
    const path = join(temporaryFolder(), 'bus.sock');
    const bus = new BusProcess('--no-store', '--socket', path);
    await until(() => bus.stderr.includes(`listening on ${path}`));
    const first = new SocketClient(path);
    expect(await first.ask('pe 0 write MPAM3_EL3 0x8000000000000000')).toBe('ok');
    const rival = new SocketClient(path);
    await rival.closed;
    expect(rival.text).toMatch(/^error: another client drives the machine; allowed: one at a time/);
    first.socket.write('wait 10us\npe 0 el');
    first.socket.destroy();
    await first.closed;
    let second = new SocketClient(path);
    for (let answer = ''; !answer.startsWith('ok'); ) {
      answer = await Promise.race([second.ask('hello'), second.closed.then(() => 'refused')]);
      if (answer.startsWith('ok')) expect(answer).toMatch(/time=10000$/);
      else second = new SocketClient(path);
    }
    expect(await second.ask('pe 0 read MPAM3_EL3')).toBe('ok 0x8000000000000000');
    expect(await second.ask('quit')).toBe('ok');
    expect(await bus.ended).toBe(0);
    expect(existsSync(path)).toBe(false);
  });

  it('ends at quit and at Ctrl-C, although a client that was refused keeps its end open', async () => {
    for (const how of ['quit', 'SIGINT'] as const) {
      const path = join(temporaryFolder(), 'bus.sock');
      const bus = new BusProcess('--no-store', '--socket', path);
      await until(() => bus.stderr.includes('listening'));
      const first = new SocketClient(path);
      await first.ask('hello');
      const rival = new SocketClient(path, { allowHalfOpen: true });
      await until(() => rival.text.includes('\n'));
      if (how === 'quit') first.socket.write('quit\n');
      else bus.child.kill('SIGINT');
      expect(await bus.ended).toBe(how === 'quit' ? 0 : 130);
      rival.socket.destroy();
    }
  });

  it('gives a client all of its answers, however late it reads them after its last line', async () => {
    const lines = 'pe 0 state\n'.repeat(30_000);
    const path = join(temporaryFolder(), 'bus.sock');
    const bus = new BusProcess('--no-store', '--socket', path);
    await until(() => bus.stderr.includes('listening'));
    const answersTo = async (write: (socket: Socket) => void): Promise<number> => {
      const client = new SocketClient(path, { allowHalfOpen: true });
      client.socket.pause();
      write(client.socket);
      await new Promise((done) => setTimeout(done, 500));
      client.socket.on('end', () => client.socket.end()).resume();
      await client.closed;
      return client.text.split('\n').length - 1;
    };
    expect(await answersTo((socket) => socket.end(`${lines}half a line`))).toBe(30_001);
    expect(await answersTo((socket) => socket.write(`${lines}quit\n`))).toBe(30_001);
    expect(await bus.ended).toBe(0);
  });

  it('keeps its run when the terminal is closed, which is told twice', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'run.db');
    const bus = new BusProcess('-o', path, '--port', '0');
    await until(() => bus.stderr.includes('listening'));
    bus.child.kill('SIGHUP');
    bus.child.kill('SIGHUP');
    expect(await bus.ended).toBe(130);
    const reader = openRun(path);
    reader.close();
    expect([reader.status, readdirSync(folder)]).toEqual(['interrupted', ['run.db']]);
  });

  it('may be a port of the loopback', async () => {
    const bus = new BusProcess('--no-store', '--port', '0');
    await until(() => /listening on 127\.0\.0\.1:\d+/.test(bus.stderr));
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(bus.stderr)![1]);
    const socket = connect(port, '127.0.0.1');
    socket.write('pe 1 state\nquit\n');
    let text = '';
    for await (const piece of socket) text += String(piece);
    expect(text).toMatch(/^ok el=3 .*\nok\n$/);
    expect(await bus.ended).toBe(0);
  });

  it.each([
    ['a file', (path: string, _file: string) => writeFileSync(path, 'dear diary')],
    ['a folder', (path: string, _file: string) => mkdirSync(path)],
    ['a link', (path: string, file: string) => symlinkSync(file, path)],
  ])('leaves alone what is no socket: %s', async (_what, make) => {
    const folder = temporaryFolder();
    const [path, file] = [join(folder, 'bus.sock'), join(folder, 'notes.txt')];
    writeFileSync(file, 'dear diary');
    make(path, file);
    const before = lstatSync(path);
    const { code, stderr } = await mpamlab('bus', SCENARIO, '--no-store', '--socket', path);
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining(`${path}: something else than a socket is there. Choose another path`),
    ]);
    expect(lstatSync(path).ino).toBe(before.ino);
    expect(readFileSync(file, 'utf8')).toBe('dear diary');
  });

  it('says in a line that there can be no socket below a file', async () => {
    const { code, stderr } = await mpamlab('bus', SCENARIO, '--no-store', '--socket', join(SCENARIO, 'bus.sock'));
    expect([code, stderr]).toEqual([3, expect.not.stringMatching(/\n\s+at /)]);
  });

  it('takes the place of a socket that is left from a killed process, and of no other', async () => {
    const path = join(temporaryFolder(), 'bus.sock');
    const killed = new BusProcess('--no-store', '--socket', path);
    await until(() => killed.stderr.includes('listening'));
    const rival = new BusProcess('--no-store', '--socket', path);
    expect(await rival.ended).toBe(3);
    expect(rival.stderr).toContain('another process listens there. Choose another path');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const next = new BusProcess('--no-store', '--socket', path);
    await until(() => next.stderr.includes('listening'));
    next.child.kill('SIGTERM');
    expect(await next.ended).toBe(130);
  });
});
