/**
 * Clients of the bus that come through a socket, one after the other: a machine has one that drives it at a time, and goes
 * on where the one before left it.
 */
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { BusSession } from '../../run/driven/bus-session.ts';
import { CliError, ExitCode } from '../exit-code.ts';
import { type ClientEnd, serveClient } from './serve-client.ts';

/** Where clients find the bus: a Unix socket, or a port of this host that no other host reaches. */
export type BusAddress = { readonly path: string } | { readonly port: number };

const LOOPBACK = '127.0.0.1';
const REFUSED = 'error: another client drives the machine; allowed: one at a time (hint: try again when it has gone)\n';

export class ClientServer {
  readonly #server: Server;
  readonly #session: BusSession;
  readonly #stop: AbortSignal;
  #isServing = false;
  /** Whose connections are open, those of refused ones too. */
  readonly #clients = new Set<Socket>();
  readonly #ended: Promise<ClientEnd>;
  #end!: (end: ClientEnd) => void;
  #fail!: (error: unknown) => void;

  constructor(session: BusSession, stop: AbortSignal) {
    this.#session = session;
    this.#stop = stop;
    this.#ended = new Promise((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    });
    // A client that has nothing more to say may still read.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => void this.#serve(socket));
    stop.addEventListener('abort', () => this.#end('stopped'));
  }

  /**
   * Take clients from now on.
   * @returns where they find us, as text.
   * @throws CliError if the address cannot be used.
   */
  async listen(address: BusAddress): Promise<string> {
    if ('path' in address) await removeStale(address.path);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(addressError(address, error)));
      const options = 'path' in address ? address : { ...address, host: LOOPBACK };
      this.#server.listen(options, resolve);
    });
    const bound = this.#server.address();
    return typeof bound === 'object' && bound !== null ? `${LOOPBACK}:${bound.port}` : String(bound);
  }

  /** Serve clients until one says `quit`, or until we are told to stop. */
  async serve(): Promise<ClientEnd> {
    try {
      return await this.#ended;
    } finally {
      this.#server.close();
      // They may keep their ends open for as long as they like: not so the process.
      for (const socket of this.#clients) socket.destroy();
    }
  }

  async #serve(socket: Socket): Promise<void> {
    // Whatever happens to a connection ends the client and nothing else.
    socket.on('error', () => {});
    this.#clients.add(socket);
    socket.once('close', () => this.#clients.delete(socket));
    if (this.#isServing) {
      await takeLeave(socket, REFUSED);
      return;
    }
    this.#isServing = true;
    try {
      const end = await serveClient(this.#session, { input: socket, output: socket }, this.#stop);
      // Nobody is served after `quit`.
      this.#isServing = end !== 'end';
      await takeLeave(socket);
      if (end !== 'end') this.#end(end);
    } catch (error) {
      this.#fail(error);
    }
  }
}

/**
 * Close our end of a connection. What the client still sends is taken and dropped: it could not read the last answers otherwise.
 * @returns when all is sent, or the client is gone.
 */
function takeLeave(socket: Socket, lastWords = ''): Promise<void> {
  socket.resume();
  return new Promise((resolve) => void socket.end(lastWords, () => resolve()));
}

/**
 * A socket that nobody listens on any more is left from a process that was killed. Anything else that is at the path is
 * somebody's, and stays: connecting to a regular file is refused just as connecting to such a socket is.
 */
async function removeStale(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) {
    throw new CliError(ExitCode.file, `${path}: something else than a socket is there. Choose another path`);
  }
  if (await isServed(path)) {
    throw new CliError(ExitCode.file, `${path}: another process listens there. Choose another path`);
  }
  rmSync(path);
}

/** Whether somebody takes connections at a socket. @throws CliError if that cannot be found out. */
function isServed(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNREFUSED') resolve(false);
      else reject(new CliError(ExitCode.file, `${path}: the socket cannot be used (${code}). Choose another path`));
    });
  });
}

function addressError(address: BusAddress, { code }: NodeJS.ErrnoException): CliError {
  const place = 'path' in address ? address.path : `port ${address.port}`;
  const found = code === 'EADDRINUSE' ? 'another process listens there' : `cannot be listened on (${code})`;
  return new CliError(ExitCode.file, `${place}: ${found}. Choose another one`);
}
