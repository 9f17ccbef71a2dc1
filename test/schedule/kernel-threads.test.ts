import { describe, expect, it } from 'vitest';
import { isKernelThread } from '../../src/schedule/kernel-threads.ts';

describe('the name of a kernel thread', () => {
  // From `ps` on Linux 6.x hosts, cut to 15 characters as traces print them.
  it.each([
    ...['kthreadd', 'kworker/0:1', 'kworker/u8:5', 'kworker/1:1H-kb', 'kworker/R-rcu_g', 'ksoftirqd/1', 'migration/0'],
    ...['rcu_preempt', 'rcu_sched', 'rcu_tasks_trace', 'rcu_exp_gp_kthr', 'rcuop/3', 'rcuos/3', 'rcuog/0', 'rcuc/1'],
    ...['cpuhp/1', 'kswapd0', 'kcompactd0', 'khugepaged', 'kdamond.0', 'ksmd', 'kauditd', 'kdevtmpfs', 'oom_reaper'],
    ...['writeback', 'kblockd', 'irq/35-nvme0q1', 'jbd2/sda1-8', 'kvm-nx-lpage-re', 'vhost-31618', 'watchdogd'],
    ...['watchdog/0', 'napi/eth0-8193', 'idle_inject/0', 'swapper/19', 'swapper', 'scsi_eh_0', 'nfsd', 'md0_raid1'],
  ])('may be %s', (comm) => expect(isKernelThread(comm)).toBe(true));

  it.each([
    ...['CPU 0/KVM', 'qemu-system-x86', 'IO iothread0', 'vcpu0', 'fc_vcpu 0', 'bash', 'systemd', 'systemd-journal'],
    ...[
      '<...>',
      '',
      'sh',
      'kubelet',
      'konsole',
      'kvmtool',
      'kvm',
      'swapperd',
      'irqbalance',
      'mdadm',
      'loopback',
      'nfsdcld',
    ],
    ...['vhost-user-gpu', 'rcu', 'watchdog', 'md5sum', 'dmesg', 'host-08', 'a kworker/0:1', 'netnsd', 'kworker'],
  ])('is not %j', (comm) => expect(isKernelThread(comm)).toBe(false));
});
