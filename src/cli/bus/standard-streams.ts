/** Standard input and output as a client of the bus. */
import { fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { ClientStreams } from './serve-client.ts';

const STDOUT = 1;

/**
 * Node writes to a piped stdout synchronously: with a client that sends a large batch before it reads any answer, both would
 * wait for each other for ever. So a pipe is opened as a socket. A reader that goes away ends the client, not the process.
 */
export function standardStreams(): ClientStreams {
  process.stdout.removeAllListeners('error');
  return { input: process.stdin, output: openOutput() };
}

function openOutput(): Writable {
  const stat = fstatSync(STDOUT);
  if (!stat.isFIFO() && !stat.isSocket()) return process.stdout;
  return new Socket({ fd: STDOUT, readable: false, writable: true });
}
