/**
 * Is a thread one of the Linux kernel's own? A heuristic: sched_switch and kvm events print a name and an id, but not
 * the task's flags (PF_KTHREAD), so the name must tell. User space may give its threads the same names, and a module may
 * call its threads anything.
 *
 * Names as of Linux 6.x, of kthread_create() and alloc_workqueue() calls throughout the tree; `N` is a CPU.
 */

/** Whole names. */
const NAMES: ReadonlySet<string> = new Set([
  ...['kthreadd', 'pool_workqueue_release', 'pool_workqueue_', 'kswapd', 'khugepaged', 'ksmd', 'kauditd', 'kdevtmpfs'],
  ...['oom_reaper', 'oom_kill', 'writeback', 'kblockd', 'khungtaskd', 'khvcd', 'kthrotld', 'kintegrityd', 'kstrp'],
  ...['watchdogd', 'netns', 'inet_frag_wq', 'mm_percpu_wq', 'devfreq_wq', 'md', 'ata_sff', 'ipv6_addrconf'],
  ...['edac-poller', 'blkcg_punt_bio', 'ecryptfs-kthread', 'rcu_gp', 'rcu_par_gp', 'slub_flushwq', 'migration'],
  ...['kvm-nx-lpage-recovery', 'kvm-nx-lpage-re', 'damon', 'tpm_dev_wq', 'cryptd', 'kpsmoused', 'zswap-shrink'],
]);

/** Beginnings of names, where a number, a device or a process id follows. */
const PREFIX =
  /^(?:kworker\/|ksoftirqd\/|migration\/|cpuhp\/|idle_inject\/|irq\/\d+-|rcu_|rcu[bcn]\/|rcuo[psgb]\/|kswapd\d|kcompactd\d|kdamond|swapper(?:\/|$)|backlog_napi\/|napi\/|jbd2\/|ext4-rsv-conver|xfs[-_]|xfsaild\/|btrfs-|dm_|kdmflush|kcryptd|dmcrypt_write|md\d+_|loop\d+$|nvme-|nvmet-|scsi_eh_\d|scsi_tmf_\d|nfsd$|nfsiod$|rpciod$|lockd$|vhost-\d|kvm-pit\/|watchdog\/|stopper\/|kthread|ktimers?\/|ktimersoftd\/|posixcputmr\/|card\d+-crtc|psimon$|kmmpd-|cfg80211$|hwrng$|kgdb|khelper|perf_event)/;

/**
 * Whether `comm`, as the trace prints it (at most 15 characters: a longer name is cut), is the usual name of a kernel
 * thread. The idle task is one.
 */
export function isKernelThread(comm: string): boolean {
  return NAMES.has(comm) || PREFIX.test(comm);
}
