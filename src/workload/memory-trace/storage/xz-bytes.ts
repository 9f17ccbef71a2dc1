/** xz-compressed files, through the system's xz program: Node has no xz of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { MemoryTraceError } from '../memory-trace-error.ts';
import type { StoredFile } from './stored-file.ts';
import type { InflateDamage } from './stream-inflater.ts';

/** Of what xz says of damage. */
const MESSAGE_CHARACTERS_MAX = 300;

/** Rejects with a MemoryTraceError if there is no xz program. `onDamage` is called once, after the last chunk. */
export async function* xzBytes(
  file: StoredFile,
  onDamage: (damage: InflateDamage) => void,
): AsyncGenerator<Uint8Array> {
  const { stdout, stderr, child } = startXz(file);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    await started(child, file.path);
    let message = '';
    stderr.setEncoding('utf8').on('data', (text: string) => {
      message = (message + text).slice(0, MESSAGE_CHARACTERS_MAX);
    });
    for await (const chunk of stdout) yield chunk as Uint8Array;
    const code = await closed;
    if (code !== 0) onDamage({ text: message.trim() || `xz ended with code ${code}`, isTextWhole: false });
  } finally {
    // A reader that stops early must not leave a process behind.
    child.kill();
  }
}

function startXz(file: StoredFile): { child: ChildProcess; stdout: Readable; stderr: Readable } {
  const child = spawn('xz', ['--decompress', '--stdout'], { stdio: [file.descriptor, 'pipe', 'pipe'] });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('a piped stream of a child process is missing');
  return { child, stdout, stderr };
}

async function started(child: ChildProcess, path: string): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = isMissing ? 'there is no xz program' : `xz cannot be started (${String(error)})`;
    throw new MemoryTraceError(
      path,
      `is compressed with xz, and ${why}`,
      'Install xz-utils, or decompress the file first.',
    );
  }
}
