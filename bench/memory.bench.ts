/**
 * Memory must be flat: a run ten times as long may use at most 1.2 times the peak memory. Whole processes (`mpamlab run`,
 * store attached), peak resident set as Linux counts it (VmHWM).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

const PROJECT = join(import.meta.dirname, '..');
const RECORDING = join(PROJECT, 'scenarios/data/kvm-overcommit.trace.gz');
const GOAL = 1.2;
const TIMES_LONGER = 10;
const POLL_MS = 10;

export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mpamlab-bench-'));
  try {
    const simulated = (until: string) => ['scenarios/guest-el1-label.yaml', '--until', until];
    await compare('simulated schedule', folder, simulated('500ms'), simulated('5s'));
    const recorded = async (copies: number) => {
      const file = join(folder, `${copies}.trace`);
      await repeatRecording(file, copies);
      return ['scenarios/recorded-kvm.yaml', '--set', `schedule.file=${file}`];
    };
    await compare('recorded schedule', folder, await recorded(1), await recorded(TIMES_LONGER));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compare(name: string, folder: string, short: string[], long: string[]): Promise<void> {
  const shortKib = await peakKib(short, folder);
  const longKib = await peakKib(long, folder);
  const ratio = longKib / shortKib;
  const sizes = `${mib(shortKib)} -> ${mib(longKib)}`;
  const verdict = ratio <= GOAL ? 'reached' : 'MISSED';
  console.log(
    `memory, ${name}, ${TIMES_LONGER} times as long`.padEnd(44),
    `peak ${sizes}`.padEnd(43),
    `ratio ${ratio.toFixed(2)}  goal ${GOAL} ${verdict}`,
  );
}

/** Peak resident set of one `mpamlab run`, in KiB. */
function peakKib(args: readonly string[], folder: string): Promise<number> {
  const output = ['--output', join(folder, 'run.db'), '--force'];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['src/cli/main.ts', 'run', ...args, ...output], {
      cwd: PROJECT,
      stdio: 'ignore',
    });
    let peak = 0;
    const timer = setInterval(() => {
      peak = Math.max(peak, highWaterMarkKib(child.pid ?? 0));
    }, POLL_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      if (code === 0) resolve(peak);
      else reject(new Error(`mpamlab run ${args.join(' ')} ended with ${code}`));
    });
  });
}

function highWaterMarkKib(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0; // It has just ended.
  }
}

/** The recording `copies` times, one after the other in time. */
async function repeatRecording(file: string, copies: number): Promise<void> {
  const out = createWriteStream(file);
  for (let copy = 0; copy < copies; copy++) {
    const lines = createInterface({ input: createReadStream(RECORDING).pipe(createGunzip()) });
    for await (const line of lines) {
      const later = line.replace(/ (\d+)(\.\d{6}: )/, (_, seconds, rest) => ` ${Number(seconds) + 21 * copy}${rest}`);
      if (!out.write(`${later}\n`)) await once(out, 'drain');
    }
  }
  out.end();
  await once(out, 'finish');
}

const mib = (kib: number): string => `${(kib / 1024).toFixed(0)} MiB`;
