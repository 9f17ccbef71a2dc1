/** Which threads a control-plane command means. */
import type { ThreadsSpec } from '../scenario/scenario.ts';
import type { Thread } from '../schedule/registry.ts';

/** The idle task is no member of any group: resctrl cannot move it. */
export function selects(threads: ThreadsSpec, thread: Thread): boolean {
  if (thread.tid === 0) return false;
  switch (threads.by) {
    case 'vcpu':
      return thread.vm === threads.vm && thread.vcpu === threads.vcpu;
    case 'vm':
      return thread.vm === threads.vm;
    case 'tenant':
      return thread.tenant === threads.tenant;
    case 'tid':
      return thread.tid === threads.tid;
    case 'comm':
      return thread.comm === threads.comm;
  }
}
