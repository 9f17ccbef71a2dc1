/**
 * Which threads are kernel threads. Recordings do not tell (ftrace text has no such flag), so this goes by the well-known
 * names that Linux gives them: a heuristic, used only to say at which exception level a host thread runs.
 */

const EXACT: ReadonlySet<string> = new Set([
  'kthreadd',
  'kauditd',
  'kdevtmpfs',
  'khugepaged',
  'khungtaskd',
  'ksmd',
  'oom_reaper',
  'writeback',
  'kblockd',
  'watchdogd',
]);

/** Names that go on after these: a CPU, a queue, a device. */
const PREFIXES: readonly string[] = [
  'swapper',
  'kworker',
  'ksoftirqd/',
  'migration/',
  'rcu_',
  'rcuop/',
  'rcuos/',
  'rcuog/',
  'rcub/',
  'rcuc/',
  'cpuhp/',
  'idle_inject/',
  'kswapd',
  'kcompactd',
  'irq/',
  'napi/',
  'jbd2/',
  'vhost-',
  'kvm-nx-lpage-re',
];

export function isKernelThread(comm: string): boolean {
  return EXACT.has(comm) || PREFIXES.some((prefix) => comm.startsWith(prefix));
}
